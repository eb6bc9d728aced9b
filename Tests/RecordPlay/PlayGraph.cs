using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.CustomStages;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.Merge;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Simulation;
using RowMap = AkkaPrivacy.Operators.MapRows.Map;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>What is declared wrongly on purpose; nothing by default.</summary>
internal sealed record PlayBreak
{
    /// <summary>A stage before all others that does not keep what it declares.</summary>
    public RowOperator? Stage { get; init; }

    /// <summary>Bounds that are not the declared ones.</summary>
    public Func<BoundedWindowPlan, BoundedWindowPlan>? Bounds { get; init; }

    /// <summary>The query that noise is planned for instead.</summary>
    public Func<QueryPlan, QueryPlan>? Noise { get; init; }

    /// <summary>Which cases can show it.</summary>
    public Func<PlayCase, bool> Shows { get; init; } = _ => true;

    /// <summary>Whether cases of running totals show it.</summary>
    public bool IsOfTotals { get; init; }
}

/// <summary>What a run is built with.</summary>
internal sealed record PlayParts(
    Func<IReadOnlyList<int>, IEventSource> Open, SimFaults Faults, IReleaseSink Sink, ISideOutput Letters, Recorder Recorder, Func<bool> IsFixed, PlayBreak Broken);

/// <summary>The pipeline of a case, whose mechanisms are recorded.</summary>
internal static class PlayGraph
{
    public const string Account = "play/site";

    private static readonly DataMap Map = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "arrival", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Arrival },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "status", Type = FieldType.Integer, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "id", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "ms", Type = FieldType.Integer, Class = FieldClass.Measure },
    ]);

    public static PipelineGraph Of(PlayCase given, PlayParts parts, PipelineSettings settings)
    {
        var stream = given.First;
        var lines = stream.Sources is [var only]
            ? Source.FromLines(() => parts.Open(only))
            : Merged.FromLines("lines", [.. stream.Sources.Select<IReadOnlyList<int>, (string, Func<IEventSource>)>((partitions, i) => ($"part-{i}", () => parts.Open(partitions)))]);
        var rows = lines.ParseJsonLines(Map).Tokenize().Via(Flow.FromOperator(new SimTrip(parts.Faults)));
        rows = parts.Broken.Stage is { } stage ? rows.Via(Flow.FromOperator(stage)) : rows;
        rows = given.Moves == PlayMoves.None ? rows : rows.Via(Flow.FromOperator(Move(given.Moves)));
        rows = given.Breakpoint == PlayBreakpoint.Replay ? rows.Via(Flow.FromOperator(Picky(parts.IsFixed))) : rows;
        rows = stream.Repeats ? rows.Dedup("user", "id", TimeSpan.FromMinutes(given.Seed % 90)) : rows;
        foreach (var query in given.Branches.SelectMany(branch => Queries(branch, parts)))
        {
            rows = rows.AlsoTo(query);
        }

        return rows.To(Sink.Ignore()).WithSettings(settings with
        {
            Name = "play",
            Arrival = stream.Arrival,
            AllowedLateness = stream.Lateness,
            AllowedSkew = stream.Skew,
            TimeRange = stream.Range,
            Account = new AccountPolicy
            {
                Account = Account,
                Measure = given.InRho ? PrivacyMeasure.ZeroConcentrated : PrivacyMeasure.Approximate,
                BudgetPerPeriod = given.InRho ? PrivacyCost.ZeroConcentrated(100_000, 0.01) : PrivacyCost.Approximate(100_000, 0.01),
                Period = TimeSpan.FromMilliseconds(given.Period.EndMs - given.Period.StartMs),
            },
        }).WithSideOutput(SideOutputReasons.All, parts.Letters).Graph;
    }

    private static IEnumerable<Sink<TokenizedRows, Task<RunSummary>>> Queries(PlayBranch branch, PlayParts parts)
    {
        var rows = branch.Steps.Aggregate(Flow.Of<TokenizedRows>(), (rows, step) => SimSteps.Then(rows, step, parts.Faults));
        rows = branch.Follows ? rows.AdaptiveSample(new AdaptiveSampleOperator("user", branch.Queries[0].Node.Name, target: 6, floor: 0.25) { Key = "page", Initial = 1 }) : rows;
        rows = branch.Gap is { } gap ? rows.Sessions(new SessionsOperator("user", gap, branch.MaxLength) { First = ["page"] }) : rows;
        var bounded = rows.Via(Flow.Single<TokenizedRows, BoundedRows>(new PlayBound(parts.Broken.Bounds)
        {
            Subject = "user",
            GroupBy = branch.GroupBy,
            KnownKeys = branch.KnownKeys,
            Bounds = branch.Bounds,
        }));
        var windows = branch.Panes == 1 ? bounded.TumblingWindow(branch.Window) : bounded.SlidingWindow(branch.Window, branch.Window / branch.Panes);
        foreach (var query in branch.Queries)
        {
            var aggregate = windows.Aggregate(query.Node);
            var selected = query.Selection is { } selection
                ? aggregate.Via(Flow.Single<AggregatedWindows, AggregatedWindows>(new RecordedSelection(selection, parts.Recorder)))
                : aggregate;
            yield return selected.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new RecordedNoise(query.Noise, parts.Recorder, parts.Broken.Noise))).To(Sink.To(parts.Sink));
        }
    }

    // Rows go to one of three others by token, or to one of two of them by row.
    private static CustomOperator Move(PlayMoves moves) => Custom.Batch(
        "moves",
        Stability.AcrossSubjects(moves == PlayMoves.Households ? 1 : 2),
        batch =>
        {
            var from = batch.Tokens("user");
            var to = batch.NewTokens("user");
            var numbers = batch.Int64("ms");
            for (var i = 0; i < from.Length; i++)
            {
                var other = moves == PlayMoves.Spread ? (ulong)(numbers[i] & 1) : 0;
                to[i] = new Token(7, 1 + (((from[i].Low >> 8) + other) % 3));
            }
        },
        [new CustomColumn("user", ColumnType.Token)]);

    // The fix is another build of the stage.
    private static RowOperator Picky(Func<bool> isFixed) => RowMap.Filter("picky", row => row.GetInt64("status") == 301 && row.GetText("page").SequenceEqual("/b"u8) && !isFixed()
        ? throw new InvalidOperationException("The broken stage failed.")
        : true);

    private sealed class PlayBound(Func<BoundedWindowPlan, BoundedWindowPlan>? change) : BoundNode
    {
        public override Stage<EventBatch, WindowAggregate> CreateStage(BoundedWindowPlan plan) =>
            new BoundedWindowStage(change?.Invoke(plan) ?? plan, Subject);
    }
}
