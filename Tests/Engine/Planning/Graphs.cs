using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.Tests.Engine.Planning;

/// <summary>A small sound graph as data, the parts of which tests replace.</summary>
internal static class Graphs
{
    public static readonly PipelineSettings Settings = new()
    {
        Name = "site",
        Account = new AccountPolicy { Account = "a/b", Measure = PrivacyMeasure.Pure, BudgetPerPeriod = PrivacyCost.Pure(1000) },
    };

    public static DataMap Map(params FieldDefinition[] more) => new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment() },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "bytes", Type = FieldType.Decimal, Resolution = 0.01m, Class = FieldClass.Measure },
        .. more,
    ]);

    public static SourceNode Lines(string text = "") => new("lines", () => new MemoryLineSource("m", Encoding.UTF8.GetBytes(text)), LineSchema.Instance);

    public static Bound Bound(string subject = "user", int groups = 1, int rows = 1, int windows = 1, string[]? groupBy = null, string[][]? known = null) => new()
    {
        Subject = subject,
        GroupBy = groupBy ?? [],
        KnownKeys = known,
        Bounds = new ContributionBounds { Groups = groups, RowsPerGroup = rows, Windows = windows },
    };

    public static TumblingWindowNode Hour => new(TimeSpan.FromHours(1));

    public static AggregateNode Users => new("users", AggregateKind.DistinctSubjects);

    public static SinkNode Store => new(null);

    /// <summary>Rows, then the given nodes.</summary>
    public static PipelineGraph Of(params GraphNode[] nodes) => new([Lines(), new ParseJsonLines(Map()), new TreatmentNode(), .. nodes], Settings);

    public static PipelineGraph Query(
        GraphNode? bound = null, GraphNode? window = null, GraphNode? aggregate = null, GraphNode? selection = null, GraphNode? noise = null) =>
        Of([bound ?? Bound(), window ?? Hour, aggregate ?? Users, .. selection is null ? Array.Empty<GraphNode>() : [selection], noise ?? new LaplaceNoise(0.5), Store]);

    public static BranchNode Branch(params GraphNode[] nodes) => new([.. nodes]);

    public static IReadOnlyList<PlanError> Errors(PipelineGraph graph)
    {
        var errors = new PlanErrors();
        var plan = PipelinePlanner.TryPlan(graph, errors);
        Xunit.Assert.Equal(errors.Any, plan is null);
        return errors.All;
    }
}
