using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Merge;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.Operators.Split;
using AkkaPrivacy.Operators.Throttle;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>The pipeline of a case.</summary>
internal static class SimGraph
{
    public const string Account = "sim/site";

    // So much that sums of noise round to what they are added to.
    private const double NoNoise = 400;

    public static PipelineGraph Of(SimCase given, Func<IReadOnlyList<int>, IEventSource> open, SimFaults faults, IReleaseSink sink, SimLetters letters, PipelineSettings settings)
    {
        var lines = given.Sources is [var only]
            ? Source.FromLines(() => open(only))
            : Merged.FromLines("lines", [.. given.Sources.Select<IReadOnlyList<int>, (string, Func<IEventSource>)>((partitions, i) => ($"part-{i}", () => open(partitions)))]);
        lines = given.RowsPerSecond is { } limit ? lines.Throttle(new ThrottleOptions { RowsPerSecond = limit }) : lines;
        var rows = lines.ParseJsonLines(Map()).Tokenize().Via(Flow.FromOperator(new SimTrip(faults)));
        rows = given.Repeats ? rows.Dedup("user", "id", TimeSpan.FromMinutes(given.Seed % 60)) : rows;
        rows = given.Branches.Any(branch => branch.Arm is not null) ? rows.Split(split => Arms(split, given, faults, sink)) : rows;
        foreach (var branch in given.Branches.Where(branch => branch.Arm is null))
        {
            foreach (var query in Queries(branch, faults, sink))
            {
                rows = rows.AlsoTo(query);
            }
        }

        var graph = rows.To(Sink.Ignore()).WithSettings(settings with
        {
            Name = "sim",
            Arrival = given.Arrival,
            AllowedLateness = given.Lateness,
            AllowedSkew = given.Skew,
            TimeRange = given.Range,
            Account = new AccountPolicy { Account = Account, Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(100_000, 0.01) },
        });
        return (given.HasSideOutput ? graph.WithSideOutput(SideOutputReasons.All, letters) : graph).Graph;
    }

    private static RowSplit Arms(RowSplit split, SimCase given, SimFaults faults, IReleaseSink sink) => split
        .When("sound", row => row.GetInt64("status") == 200, Arm(given, 0, faults, sink))
        .When("slow", row => row.GetInt64("ms") >= 50, Arm(given, 1, faults, sink))
        .Otherwise("rest", Arm(given, 2, faults, sink));

    private static Sink<TokenizedRows, Task<RunSummary>> Arm(SimCase given, int arm, SimFaults faults, IReleaseSink sink) => given.Branches
        .Where(branch => branch.Arm == arm)
        .SelectMany(branch => Queries(branch, faults, sink))
        .Aggregate(Flow.Of<TokenizedRows>(), (rows, query) => rows.AlsoTo(query))
        .To(Sink.Ignore());

    private static IEnumerable<Sink<TokenizedRows, Task<RunSummary>>> Queries(SimBranch branch, SimFaults faults, IReleaseSink sink)
    {
        var rows = branch.Steps.Aggregate(Flow.Of<TokenizedRows>(), (rows, step) => SimSteps.Then(rows, step, faults));
        rows = branch.Adapt is { } adapt ? rows.AdaptiveSample(Adaptive(branch, adapt)) : rows;
        rows = branch.Gap is { } gap ? rows.Sessions(new SessionsOperator("user", gap, branch.MaxLength) { First = ["page"] }) : rows;
        var bounded = rows
            .Bound(new Bound
            {
                Subject = "user",
                GroupBy = branch.GroupBy,
                KnownKeys = branch.KnownKeys,
                MaxGroups = branch.MaxGroups,
                Bounds = new ContributionBounds { Groups = branch.Groups, RowsPerGroup = branch.RowsPerGroup, Windows = branch.Windows },
            });
        var windows = branch.Panes == 1 ? bounded.TumblingWindow(branch.Window) : bounded.SlidingWindow(branch.Window, branch.Slide);
        foreach (var query in branch.Queries)
        {
            var aggregate = query.Kind switch
            {
                'c' or 'w' or 'a' => windows.Count(query.Name),
                's' => windows.Sum(query.Name, branch.Gap is null ? "ms" : "events", upper: 120, lower: -2),
                'r' => windows.Via(Running(query.Name, AggregateKind.Count)),
                't' => windows.Via(Running(query.Name, AggregateKind.Sum)),
                _ => windows.DistinctSubjects(query.Name),
            };
            var selected = branch.KnownKeys is null && branch.GroupBy.Length > 0 ? aggregate.SelectKeys(branch.Adapt?.Epsilon ?? 1, 1e-9) : aggregate;
            yield return selected.LaplaceNoise(query.Kind == 'r' ? NoNoise : branch.Adapt?.Epsilon ?? 0.5).To(Sink.To(sink));
        }
    }

    private static AdaptiveSampleOperator Adaptive(SimBranch branch, SimAdapt adapt) => new("user", branch.Queries[0].Name, adapt.Target, 1.0 / adapt.Largest)
    {
        Key = branch.GroupBy.FirstOrDefault(),
        Initial = 1.0 / adapt.Initial,
        Smoothing = adapt.Smoothing,
        Lead = adapt.Lead,
    };

    private static Flow<WindowedRows, AggregatedWindows, NotUsed> Running(string name, AggregateKind kind) => Flow.Single<WindowedRows, AggregatedWindows>(kind == AggregateKind.Count
        ? new AggregateNode(name, kind) { RunningPeriod = SimBranch.RunningPeriod }
        : new AggregateNode(name, kind) { RunningPeriod = SimBranch.RunningPeriod, Field = "ms", Lower = -2, Upper = 120 });

    private static DataMap Map() => new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "arrival", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Arrival },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "status", Type = FieldType.Integer, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "id", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "trace", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "ms", Type = FieldType.Integer, Class = FieldClass.Measure },
    ]);
}
