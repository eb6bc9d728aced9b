using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Noise.Continual;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Support;
using Xunit;
using PlanGraphs = AkkaPrivacy.Tests.Engine.Planning.Graphs;

namespace AkkaPrivacy.Tests.Engine.Runtime;

public sealed class ContinualNoiseTests
{
    private const long Hour = 3_600_000;
    private readonly RuntimeFixture _fixture = new();

    private static PipelineSettings Settings(double rho = 1e6) => RuntimeFixture.Settings() with
    {
        Account = new AccountPolicy { Account = "a/b", Measure = PrivacyMeasure.ZeroConcentrated, BudgetPerPeriod = PrivacyCost.ZeroConcentrated(rho) },
    };

    [Theory]
    [InlineData(ContinualStrategy.Tree)]
    [InlineData(ContinualStrategy.SquareRoot)]
    public async Task Totals_run_through_a_restart_and_are_charged_once_until_they_start_anew(ContinualStrategy strategy)
    {
        // Forty rows, ten an hour, and noise far below one row. The second run reads what the first left.
        var settings = Settings();
        await _fixture.RunAsync(Graph(strategy, rows: 20), settings);
        var run = await _fixture.RunAsync(Graph(strategy, RuntimeFixture.Rows), settings);
        Assert.Equal(2, run.Released);
        var releases = await ReleasesAsync();
        Assert.Equal([10m, 20m, 30m, 10m], releases.Select(release => release.Groups.Single().Value));
        Assert.Contains("3 of 3 increments", releases[2].Mechanism, StringComparison.Ordinal);
        Assert.Equal([400_000L, 400_000, 400_000, 800_000], releases.Select(release => release.Receipt.SpentInPeriod.Loss / PrivacyCost.UnitsPerEpsilon));
        Assert.Equal(releases[0].Receipt.CompositionGroup, releases[2].Receipt.CompositionGroup);
        Assert.EndsWith("@2026-01-01T03:00:00Z", releases[3].Receipt.CompositionGroup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_that_was_passed_stays_withheld_and_the_totals_say_so()
    {
        var (query, _) = Plan(new ContinualNoise(4e5));
        await using var store = new MemoryStore();
        async Task<DrawnValues?> StepAsync(int hour, bool commit = true)
        {
            DrawnValues? drawn = null;
            try
            {
                await store.TransactAsync(async transaction =>
                {
                    var totals = await ContinualTotals.LoadAsync(transaction, query, Id(hour));
                    drawn = totals.Passed is null ? totals.Draw(Rows(query, hour, 5), 0.95, new SeededRandomSource(7)) : null;
                    await totals.SaveAsync(transaction);
                    return commit ? 0 : throw new OperationCanceledException();
                });
            }
            catch (OperationCanceledException)
            {
                Assert.False(commit);
            }

            return drawn;
        }

        Assert.Equal(5, (await StepAsync(0))!.Groups[0].Value);
        Assert.Equal(10, (await StepAsync(1, commit: false))!.Groups[0].Value);
        var later = (await StepAsync(3))!;
        Assert.Equal(10, later.Groups[0].Value);
        Assert.StartsWith("running total of 2 of 4 increments: ", later.Mechanism, StringComparison.Ordinal);
        Assert.Null(await StepAsync(1));
        Assert.Equal(5, (await StepAsync(24))!.Groups[0].Value);
        Assert.Equal(15, (await StepAsync(23))!.Groups[0].Value);
        Assert.Null(await StepAsync(23));
    }

    [Theory]
    [InlineData(ContinualStrategy.Tree, 1)]
    [InlineData(ContinualStrategy.Tree, 5)]
    [InlineData(ContinualStrategy.SquareRoot, 1)]
    [InlineData(ContinualStrategy.SquareRoot, 5)]
    public void Errors_are_as_large_as_stated_and_intervals_cover(ContinualStrategy strategy, int windows)
    {
        // 2,000 totals of 24 steps: the relative error of a standard deviation is 1.6 %, so 8 % is five times that.
        const int Runs = 2_000;
        var (query, _) = Plan(new ContinualNoise(0.0002) { Strategy = strategy }, windows);
        var random = new SeededRandomSource(11);
        var (squares, covered) = (new double[25], 0);
        for (var run = 0; run < Runs; run++)
        {
            var totals = query.Continual!.Start(1);
            var total = new long[1];
            for (var step = 1; step <= 24; step++)
            {
                totals.Add([step], random);
                totals.CopyTo(total);
                var error = total[0] - (step * (step + 1) / 2);
                squares[step] += (double)error * error;
                covered += Math.Abs(error) <= query.Continual.HalfWidthAt(step, 0.9) ? 1 : 0;
            }
        }

        Assert.All(Enumerable.Range(1, 24), step => Assert.InRange(Math.Sqrt(squares[step] / Runs) / query.Continual!.StandardDeviationAt(step), 0.92, 1.08));

        // Steps of a run are not independent, so the tolerance is that of the runs alone: 0.67 %, four times.
        Assert.InRange(covered / (24.0 * Runs), 0.873, 0.927);
    }

    [Fact]
    public void A_plan_names_the_better_mechanism_and_charges_it_once()
    {
        var (query, plan) = Plan(new ContinualNoise(0.5), windows: 3);
        Assert.Contains("largest standard deviation", query.Continual!.Reason, StringComparison.Ordinal);
        Assert.Contains("steps=24, participations=3", query.NoiseText, StringComparison.Ordinal);
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.5), plan.Branches[0].PeriodCost);
        Assert.Equal(query.Continual.StandardDeviation, Enumerable.Range(1, 24).Max(query.Continual.StandardDeviationAt));
        var (_, threeHours) = Plan(new ContinualNoise(0.5), windows: 3, period: TimeSpan.FromHours(3));
        Assert.Equal(PrivacyCost.ZeroConcentrated(4), threeHours.Branches[0].PeriodCost);
        Assert.Equal(8, threeHours.Branches[0].Groups.Single().Charges);
        var (_, week) = Plan(new ContinualNoise(0.5), period: TimeSpan.FromDays(7));
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.5), week.Branches[0].PeriodCost);
    }

    [Fact]
    public void What_cannot_run_is_refused()
    {
        string Refused(ContinualNoise noise, TimeSpan? period) =>
            Assert.Single(PlanGraphs.Errors(Graph(noise, period))).Message;

        Assert.Contains("is for running totals", Refused(new ContinualNoise(1), null), StringComparison.Ordinal);
        Assert.Contains("must divide the accounting period", Refused(new ContinualNoise(1), TimeSpan.FromHours(5)), StringComparison.Ordinal);
        Assert.Contains("rho of query 'hits' is NaN", Refused(new ContinualNoise(double.NaN), TimeSpan.FromDays(1)), StringComparison.Ordinal);
        Assert.Contains("has epsilon 1 and delta 1; epsilon must be from", Refused(new ContinualNoise(1, 1), TimeSpan.FromDays(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_totals_are_refused()
    {
        var (query, _) = Plan(new ContinualNoise(0.5) { Strategy = ContinualStrategy.Tree });
        var totals = query.Continual!.Start(1);
        totals.Add([1], new SeededRandomSource(1));
        var writer = new SnapshotWriter();
        totals.Save(writer);
        var bytes = writer.Written.ToArray();
        Assert.Throws<SnapshotException>(() => query.Continual.Start(2, new SnapshotReader(bytes)));
        bytes[8]++;
        Assert.Throws<SnapshotException>(() => query.Continual.Start(1, new SnapshotReader(bytes)));
    }

    private static (QueryPlan Query, PipelinePlan Plan) Plan(NoiseNode noise, int windows = 1, TimeSpan? period = null)
    {
        var plan = PipelinePlanner.Plan(Graph(noise, period ?? TimeSpan.FromDays(1), windows));
        return (plan.Branches[0].Queries[0].Query, plan);
    }

    private static PipelineGraph Graph(NoiseNode noise, TimeSpan? period, int windows = 1) => PlanGraphs.Query(
        bound: new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = windows } },
        aggregate: new AggregateNode("hits", AggregateKind.Count) { RunningPeriod = period },
        noise: noise) with
    { Settings = PlanGraphs.Settings with { Account = Settings().Account } };

    private static RunnableGraph<Task<AkkaPrivacy.Engine.Runtime.RunSummary>> Graph(ContinualStrategy strategy, int rows) => RuntimeFixture.TokensOf(rows)
        .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = 24 } })
        .TumblingWindow(TimeSpan.FromHours(1))
        .RunningCount("views", TimeSpan.FromHours(3))
        .ContinualNoise(400_000, strategy)
        .ToMaterialized(Sink.Store(), Keep.Right);

    private static ReleaseId Id(int hour) => new("a/b", "p", "hits", "0123456789abcdef", new TimeWindow(RuntimeFixture.Start + (hour * Hour), RuntimeFixture.Start + ((hour + 1) * Hour)));

    private static WindowAggregate Rows(QueryPlan query, int hour, long rows)
    {
        var aggregate = new WindowAggregate(Id(hour).Window, 0, query.Bounded.ColumnCount);
        aggregate.Add(aggregate.GetOrAdd(WindowAggregate.EncodeKey([])), rows, rows);
        return aggregate;
    }

    private async Task<List<Release>> ReleasesAsync() =>
        [.. (await _fixture.Store.TransactAsync(transaction => new OutboxReader().ReadAsync(transaction, 0, 10))).Select(entry => entry.Release)];
}
