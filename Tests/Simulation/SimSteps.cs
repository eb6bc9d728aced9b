using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.CustomStages;
using AkkaPrivacy.Operators.Enrich;
using AkkaPrivacy.Operators.Join;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Split;
using RowMap = AkkaPrivacy.Operators.MapRows.Map;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>The steps of a branch as stages of the product.</summary>
internal static class SimSteps
{
    private static readonly BranchCondition Low = new() { Field = "status", AtMost = 301 };

    /// <summary>Appends a step.</summary>
    public static Flow<TokenizedRows, TokenizedRows, NotUsed> Then(Flow<TokenizedRows, TokenizedRows, NotUsed> rows, SimStep step, SimFaults faults) => step switch
    {
        SimStep.NoErrors => rows.Via(Flow.FromOperator(RowMap.Filter("no-errors", row => row.GetInt64("status") < 500))),
        SimStep.Expand => rows.Via(Flow.FromOperator(Custom.Expand("page", Stability.OneToAtMost(2), Expand))),
        SimStep.Low => rows.Via(Flow.FromOperator(new BranchOperator("low", Low, []))),
        SimStep.High => rows.Via(Flow.FromOperator(new BranchOperator("high", new BranchCondition(), [Low]))),
        SimStep.Batch => rows.Via(Flow.FromOperator(Custom.Batch("parity", Stability.OneToOne, Parity, [new CustomColumn("parity", ColumnType.Text)]))),
        SimStep.Affine => rows.Via(Flow.FromOperator(RowMap.Int64("ms", row => (2 * row.GetInt64("ms")) - 3))),
        SimStep.Sample => rows.Via(Flow.FromOperator(new SampleOperator("user", SimTables.Rate))),
        SimStep.Trace => rows.Via(Flow.FromOperator(new TraceSampleOperator("trace", SimTables.TraceRate))),
        SimStep.TraceAll => rows.Via(Flow.FromOperator(new TraceSampleOperator("trace", 1))),
        SimStep.Weigh => rows.Enrich("page", Weights()).Via(Flow.FromOperator(new WeightedSampleOperator("user", "weight", SimTables.LargestWeight))),
        SimStep.Enrich => rows.Enrich("page", Sections()),
        SimStep.EnrichOrDrop => rows.Enrich("page", Sections(), MissingKey.Drop),
        SimStep.EnrichOrDefault => rows.Enrich("page", Sections(), MissingKey.Default, new Dictionary<string, string> { ["section"] = "other" }),
        SimStep.Join or SimStep.JoinOrDrop => rows.Join(Join(step == SimStep.JoinOrDrop ? MissingKey.Drop : MissingKey.Empty)),
        SimStep.Throw => rows.Via(Flow.FromOperator(RowMap.Filter("picky", row => row.GetInt64("status") == 301 && row.GetText("page").SequenceEqual("/b"u8)
            ? throw new InvalidOperationException("The simulated lambda failed at user-1@example.org.")
            : true))),
        _ => rows.Via(Flow.FromOperator(new SimTrip(faults))),
    };

    private static void Expand(AkkaPrivacy.Operators.MapRows.RowView row, RowValues values)
    {
        if (!row.GetText("page").SequenceEqual("/c"u8))
        {
            values.Add(row.GetText("page"));
            values.Add("/x"u8);
        }
    }

    private static void Parity(BatchView batch)
    {
        var numbers = batch.Int64("ms");
        foreach (var row in batch.SelectedRows)
        {
            if (numbers[row] % 5 == 0)
            {
                batch.Drop(row);
            }
            else if (numbers[row] >= 0)
            {
                batch.SetText("parity", row, numbers[row] % 2 == 0 ? "even"u8 : "odd"u8);
            }
        }
    }

    private static LookupTableOptions Sections() => Table("sections", SimTables.Sections.Select(pair => $"{pair.Key},{pair.Value}"), "page,section", "section", FieldType.Text, FieldClass.Attribute);

    private static LookupTableOptions Weights() => Table("weights", SimTables.Weights.Select(pair => $"{pair.Key},{pair.Value}"), "page,weight", "weight", FieldType.Integer, FieldClass.Measure);

    private static JoinOperator Join(MissingKey missing) => new(
        "page",
        Table("tiers", SimTables.Tiers.Select(version => $"{version.Page},{DateTimeOffset.FromUnixTimeMilliseconds(version.From):yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{version.Tier}"), "page,since,tier", "tier", FieldType.Text, FieldClass.Attribute),
        "since")
    {
        Missing = missing,
    };

    private static LookupTableOptions Table(string name, IEnumerable<string> lines, string heading, string column, FieldType type, FieldClass fieldClass) => new()
    {
        Name = name,
        Open = () => new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines.Prepend(heading)))),
        Key = "page",
        Columns = [new FieldDefinition { Name = column, Type = type, Class = fieldClass }],
    };
}

/// <summary>A stage of one's own that trips now and then.</summary>
internal sealed class SimTrip(SimFaults faults) : RowOperator
{
    public override string Kind => "trip";

    public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new TripStage(faults), "trip", Stability.OneToOne);

    private sealed class TripStage(SimFaults faults) : RowStage
    {
        protected override void Process(EventBatch batch)
        {
            if (faults.Strikes(SimFault.Stage))
            {
                throw new InvalidOperationException("The simulated stage failed at user-1@example.org.");
            }
        }
    }
}
