using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.CustomStages;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.Operators.Split;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using RowMap = AkkaPrivacy.Operators.MapRows.Map;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>The pipeline of a case.</summary>
public static class SimGraph
{
    private static readonly BranchCondition Low = new() { Field = "status", AtMost = 301 };

    public const string Account = "sim/site";

    public static PipelineGraph Of(SimCase given, Func<IEventSource> open, SimFaults faults, IReleaseSink sink, PipelineSettings settings)
    {
        var rows = Source.FromLines(open).ParseJsonLines(Map()).Tokenize().Via(Flow.FromOperator(new Trip(faults)));
        rows = given.Repeats ? rows.Dedup("user", "id", TimeSpan.FromMinutes(given.Seed % 60)) : rows;
        foreach (var branch in given.Branches)
        {
            foreach (var query in Queries(branch, sink))
            {
                rows = rows.AlsoTo(query);
            }
        }

        return rows.To(Sink.Ignore()).WithSettings(settings with
        {
            Name = "sim",
            Arrival = given.Arrival,
            AllowedLateness = given.Lateness,
            AllowedSkew = given.Skew,
            TimeRange = given.Range,
            Account = new AccountPolicy { Account = Account, Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(10_000, 0.01) },
        }).Graph;
    }

    private static IEnumerable<Sink<TokenizedRows, Task<RunSummary>>> Queries(SimBranch branch, IReleaseSink sink)
    {
        var rows = Flow.Of<TokenizedRows>();
        rows = branch.WithoutErrors ? rows.Map(RowMap.Filter("no-errors", row => row.GetInt64("status") < 500)) : rows;
        rows = branch.Shape switch
        {
            'e' => rows.Map(Custom.Expand("page", Stability.OneToAtMost(2), static (row, values) =>
            {
                if (!row.GetText("page").SequenceEqual("/c"u8))
                {
                    values.Add(row.GetText("page"));
                    values.Add("/x"u8);
                }
            })),
            's' => rows.Map(new BranchOperator("low", Low, [])),
            'o' => rows.Map(new BranchOperator("high", new BranchCondition(), [Low])),
            _ => rows,
        };
        rows = branch.Gap is { } gap ? rows.Sessions(new SessionsOperator("user", gap, branch.MaxLength) { First = ["page"] }) : rows;
        var bounded = rows
            .Bound(new Bound
            {
                Subject = "user",
                GroupBy = branch.GroupBy,
                KnownKeys = branch.KnownKeys,
                Bounds = new ContributionBounds { Groups = branch.Groups, RowsPerGroup = branch.RowsPerGroup, Windows = branch.Windows },
            });
        var windows = branch.Panes == 1 ? bounded.TumblingWindow(branch.Window) : bounded.SlidingWindow(branch.Window, branch.Slide);
        foreach (var query in branch.Queries)
        {
            var aggregate = query.Kind switch
            {
                'c' => windows.Count(query.Name),
                's' => windows.Sum(query.Name, branch.Gap is null ? "ms" : "events", upper: 120, lower: -2),
                _ => windows.DistinctSubjects(query.Name),
            };
            var selected = branch.KnownKeys is null && branch.GroupBy.Length > 0 ? aggregate.SelectKeys(1, 1e-9) : aggregate;
            yield return selected.LaplaceNoise(0.5).To(Sink.To(sink));
        }
    }

    private static DataMap Map() => new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "arrival", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Arrival },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "status", Type = FieldType.Integer, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "id", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "ms", Type = FieldType.Integer, Class = FieldClass.Measure },
    ]);

    /// <summary>A stage of one's own that trips now and then.</summary>
    private sealed class Trip(SimFaults faults) : RowOperator
    {
        public override string Kind => "trip";

        public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new TripStage(faults), "trip", Stability.OneToOne);
    }

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
