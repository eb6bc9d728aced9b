using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Docs.Examples;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>Runs the examples of the guide to testing.</summary>
public sealed class TestingTests
{
    [Fact]
    public Task A_file_is_tested() => TestingPipelines.HoconAsync(Path.Combine(Repository.Root, "hocon", "access-log.conf"));

    [Fact]
    public Task A_graph_is_tested() => TestingPipelines.GraphAsync(Graph(FirstPipeline.Settings()));

    [Fact]
    public Task Time_is_tested() => TestingPipelines.TimeAsync(Graph(FirstPipeline.Settings() with { Arrival = ArrivalMode.Ingest }));

    [Fact]
    public Task Crashes_are_tested() => TestingPipelines.CrashAsync(Graph(FirstPipeline.Settings()), Lines(("10:05", "/", 7), ("10:10", "/prices", 1)), Lines(("12:20", "/", 1)));

    [Fact]
    public Task Budgets_are_tested() => TestingPipelines.BudgetAsync(Graph(
        FirstPipeline.Settings() with { Account = FirstPipeline.Settings().Account! with { BudgetPerPeriod = PrivacyCost.Approximate(1, 1e-6) } }, windows: 2));

    [Fact]
    public void Stages_are_tested()
    {
        TestingStages.Check();

        var row = Assert.Single(TestingStages.Probe());
        Assert.Equal(("bob", "/prices", 2L), (row["user"], row["page"], row.Position));
    }

    private static string[] Lines(params (string Time, string Page, int Times)[] rows) =>
        System.Text.Encoding.UTF8.GetString(Visits.Lines(4, rows).Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static RunnableGraph<Task<RunSummary>> Graph(PipelineSettings settings, int windows = 1) => Visits.Rows(default)
        .Bound(new Bound
        {
            Subject = "user",
            GroupBy = ["page"],
            KnownKeys = [["/"], ["/prices"]],
            Bounds = new ContributionBounds { Groups = 2, RowsPerGroup = 3, Windows = windows },
        })
        .TumblingWindow(TimeSpan.FromHours(1))
        .Count("views-per-page")
        .LaplaceNoise(epsilon: 1)
        .ToMaterialized(Sink.Store(), Keep.Right)
        .WithSettings(settings);
}
