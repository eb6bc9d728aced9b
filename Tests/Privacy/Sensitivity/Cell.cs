using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.Tests.Privacy.Sensitivity;

/// <summary>One shape of the table: rows, windows and keys, with all of the aggregates that it may have.</summary>
/// <param name="Rows">The row stages.</param>
/// <param name="IsSliding">Whether windows overlap.</param>
/// <param name="Keys">total, known, geometric, laplace or gaussian.</param>
/// <param name="InRho">Whether noise and account are in rho.</param>
internal sealed record Cell(RowKind Rows, bool IsSliding, string Keys, bool InRho)
{
    public static readonly string[] AllKeys = ["total", "known", "geometric", "laplace", "gaussian"];

    private static readonly DataMap Map = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment() },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "id", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "ms", Type = FieldType.Integer, Class = FieldClass.Measure },
        new FieldDefinition { Name = "weight", Type = FieldType.Integer, Class = FieldClass.Measure },
    ]);

    public static IEnumerable<Cell> All =>
        from rows in RowKind.All
        from isSliding in new[] { false, true }
        from keys in AllKeys
        from inRho in new[] { false, true }
        select new Cell(rows, isSliding, keys, inRho);

    /// <summary>The graph of some queries, over the same bounds.</summary>
    public PipelineGraph Graph(ContributionBounds bounds, IEnumerable<(AggregateNode Aggregate, NoiseNode Noise)> queries)
    {
        var bound = new Bound
        {
            Subject = "user",
            GroupBy = Keys == "total" ? [] : [Rows.GroupBy],
            KnownKeys = Keys == "known" ? [["/a"], ["/b"], ["/never"]] : null,
            Bounds = Keys == "total" ? bounds with { Groups = 1 } : bounds,
        };
        WindowNode window = IsSliding ? new SlidingWindowNode(TimeSpan.FromHours(2), TimeSpan.FromMinutes(30)) : new TumblingWindowNode(TimeSpan.FromHours(1));
        KeySelectionNode[] selection = Keys switch
        {
            "geometric" => [new SelectKeys(0.5, 1e-6)],
            "laplace" => [SelectKeys.ByLaplaceThreshold(0.5, 1e-6, 2)],
            "gaussian" => [SelectKeys.ByGaussianThreshold(0.05, 1e-6)],
            _ => [],
        };
        var rows = Rows.Stages();
        return new PipelineGraph(
            [
                new SourceNode("lines", () => new MemoryLineSource("m", ReadOnlyMemory<byte>.Empty), LineSchema.Instance),
                new ParseJsonLines(Map),
                new TreatmentNode(),
                .. queries.Select(query => new BranchNode([.. rows, bound, window, query.Aggregate, .. selection, query.Noise, new SinkNode(null)])),
                new IgnoreNode(),
            ],
            new PipelineSettings
            {
                Name = "cell",
                Account = new AccountPolicy
                {
                    Account = "a/b",
                    Measure = InRho ? PrivacyMeasure.ZeroConcentrated : PrivacyMeasure.Approximate,
                    BudgetPerPeriod = InRho ? PrivacyCost.ZeroConcentrated(1000, 0.01) : PrivacyCost.Approximate(1000, 0.01),
                },
            });
    }

    /// <summary>Every aggregate with the noises of the account. That in epsilon and delta takes long to calibrate, so it stands with one kind of
    /// keys.</summary>
    public IEnumerable<(AggregateNode Aggregate, NoiseNode Noise)> Queries()
    {
        var number = 0;
        foreach (var noise in InRho ? (NoiseNode[])[new GaussianNoise(0.1)] : Keys == "known" ? [new LaplaceNoise(0.7), new GaussianNoise(0.9, 1e-6)] : [new LaplaceNoise(0.7)])
        {
            yield return (Node(AggregateKind.Count), noise);
            yield return (Node(AggregateKind.DistinctSubjects), noise);
            yield return (new AggregateNode(Name(), AggregateKind.Sum) { Field = Rows.Measure, Upper = 30 }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Sum) { Field = Rows.Measure, Lower = -10, Upper = 5 }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Mean) { Field = Rows.Measure, Lower = 2, Upper = 31 }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Variance) { Field = Rows.Measure, Lower = 0, Upper = 17 }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Quantiles) { Field = Rows.Measure, Lower = 0, Upper = 64, Bins = 8 }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Histogram) { Field = Rows.Measure, Edges = [0, 2, 10, 50] }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Count) { Top = 2 }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Sum) { Field = Rows.Measure, Upper = 30, Top = 1 }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Count) { RunningPeriod = TimeSpan.FromHours(6) }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.Sum) { Field = Rows.Measure, Upper = 30, RunningPeriod = TimeSpan.FromHours(6) }, noise);
            yield return (new AggregateNode(Name(), AggregateKind.DistinctSubjects) { RunningPeriod = TimeSpan.FromHours(6) }, noise);
        }

        AggregateNode Node(AggregateKind kind) => new(Name(), kind);

        string Name() => $"q{number++}";
    }

    public override string ToString() => $"{Rows.Name}, {(IsSliding ? "sliding" : "tumbling")}, {Keys}, {(InRho ? "rho" : "epsilon")}";
}
