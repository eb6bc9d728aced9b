using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.Enrich;
using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Operators.Join;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Merge;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.Operators.Split;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.LoadTests.Profile;

/// <summary>A pipeline with one stage of each kind, for <c>profile stages</c>.</summary>
internal static class StagesJob
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Slide = TimeSpan.FromSeconds(15);

    /// <summary>The two sources, of half of the lines each, as one.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>The source.</returns>
    public static IEventSource Merge(ReadOnlyMemory<byte> lines)
    {
        var half = lines.Span[..(lines.Length / 2)].LastIndexOf((byte)'\n') + 1;
        return Merged.Open(
        [
            ("first", () => new Engine.Runtime.Sources.MemoryLineSource("first", lines[..half])),
            ("second", () => new Engine.Runtime.Sources.MemoryLineSource("second", lines[half..])),
        ])();
    }

    /// <summary>The graph.</summary>
    /// <param name="open">Makes the source.</param>
    /// <param name="name">Name of the pipeline and of its account.</param>
    /// <returns>The graph; it materialises the completion.</returns>
    public static RunnableGraph<Task<RunSummary>> Graph(Func<IEventSource> open, string name) => Source
        .FromLines(open)
        .ParseJsonLines(Map())
        .Tokenize()
        .Dedup("user", "id", Minute)
        .Enrich("page", Table("sections", StageLines.Sections, Text("section"), new FieldDefinition { Name = "weight", Type = FieldType.Integer, Class = FieldClass.Measure }))
        .Join(new JoinOperator("page", Table("owners", StageLines.Owners, Text("owner")), "since"))
        .AlsoTo(Count(Flow.Of<TokenizedRows>(), "tumbling"))
        .AlsoTo(Bounded(Flow.Of<TokenizedRows>()).SlidingWindow(Minute, Slide).Count("sliding").LaplaceNoise(1).To(Sink.Store()))
        .AlsoTo(Bounded(Flow.Of<TokenizedRows>()).TumblingWindow(Minute).Sum("sum", "ms", upper: 1000).LaplaceNoise(1).To(Sink.Store()))
        .AlsoTo(Count(Flow.Of<TokenizedRows>().Via(Flow.FromOperator(new WeightedSampleOperator("user", "weight", 4))), "weighted"))
        .AlsoTo(Count(Flow.Of<TokenizedRows>().Sessions(new SessionsOperator("user", TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(10))), "visits", [], []))
        .AlsoTo(Count(Flow.Of<TokenizedRows>().Map(new BranchOperator("failed", new BranchCondition { Field = "class", In = ["4xx", "5xx"] }, [])), "failed"))
        .ToMaterialized(Sink.Ignore(), Keep.Right)
        .WithSettings(new PipelineSettings
        {
            Name = name,
            AllowedLateness = TimeSpan.FromMinutes(10),
            CheckpointInterval = TimeSpan.FromDays(1),
            Account = new AccountPolicy { Account = name, Measure = PrivacyMeasure.Pure, BudgetPerPeriod = PrivacyCost.Pure(1_000_000) },
        });

    private static Sink<TokenizedRows, Task<RunSummary>> Count(Flow<TokenizedRows, TokenizedRows, NotUsed> rows, string name) =>
        Bounded(rows).TumblingWindow(Minute).Count(name).LaplaceNoise(1).To(Sink.Store());

    private static Sink<TokenizedRows, Task<RunSummary>> Count(Flow<TokenizedRows, TokenizedRows, NotUsed> rows, string name, string[] by, string[][] keys) =>
        rows.Bound(new Bound { Subject = "user", GroupBy = by, KnownKeys = by.Length == 0 ? null : keys, Bounds = Bounds(1) })
            .TumblingWindow(Minute).Count(name).LaplaceNoise(1).To(Sink.Store());

    private static Flow<TokenizedRows, BoundedRows, NotUsed> Bounded(Flow<TokenizedRows, TokenizedRows, NotUsed> rows) => rows.Bound(new Bound
    {
        Subject = "user",
        GroupBy = ["page"],
        KnownKeys = [.. Enumerable.Range(0, StageLines.Pages).Select(page => new[] { StageLines.Page(page) })],
        Bounds = Bounds(5),
    });

    private static ContributionBounds Bounds(int groups) => new() { Groups = groups, RowsPerGroup = 10, Windows = 24 * 60 };

    private static LookupTableOptions Table(string name, string content, params FieldDefinition[] columns) => new()
    {
        Name = name,
        Open = () => new MemoryStream(Encoding.UTF8.GetBytes(content)),
        Key = "page",
        Columns = columns,
    };

    private static FieldDefinition Text(string name, FieldTreatment? treatment = null, string? from = null) => new()
    {
        Name = name,
        From = from ?? name,
        Type = FieldType.Text,
        Class = treatment is null ? FieldClass.Attribute : FieldClass.QuasiIdentifier,
        Treatment = treatment,
    };

    private static DataMap Map() => new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
        Text("id"),
        Text("page"),
        Text("network", new IpPrefixTreatment(), "ip"),
        Text("agent", new UserAgentFamilyTreatment()),
        Text("site", new DomainTreatment(), "referrer"),
        Text("top", new TruncateTreatment(5), "page"),
        new FieldDefinition { Name = "class", From = "status", Type = FieldType.Integer, Class = FieldClass.QuasiIdentifier, Treatment = new StatusClassTreatment() },
        new FieldDefinition { Name = "speed", From = "ms", Type = FieldType.Integer, Class = FieldClass.QuasiIdentifier, Treatment = new BucketTreatment(100, 1000) },
        new FieldDefinition { Name = "ms", Type = FieldType.Integer, Class = FieldClass.Measure },
    ]);
}
