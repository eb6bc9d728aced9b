using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.CustomStages;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.Enrich;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.Operators.Split;
using RowMap = AkkaPrivacy.Operators.MapRows.Map;

namespace AkkaPrivacy.Tests.Privacy.Sensitivity;

/// <summary>What stands between tokens and bounds in a cell of the table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Stages">Makes the stages.</param>
/// <param name="Refusal">What every plan with it is refused for; null when some are planned.</param>
public sealed record RowKind(string Name, Func<RowOperator[]> Stages, string? Refusal = null)
{
    public static readonly IReadOnlyList<RowKind> All =
    [
        new("none", () => []),
        new("filter", () => [Filter()]),
        new("sample", () => [new SampleOperator("user", 0.6)]),
        new("weighted", () => [Weighted()]) { Least = 0.25 },
        new("expand", () => [Expand()]),
        new("dedup", () => [Dedup()]),
        new("enrich", () => [Enrich()]),
        new("split", () => [Split()]),
        new("sessions", () => [Sessions()]) { GroupBy = "first-page", Measure = "events" },
        new("households", () => [Households()]),
        new("spread", () => [Spread()]) { Least = 0.25 },
        new("spread households", () => [Spread(), Households()]) { Least = 0.25 },
        new("weighted expand", () => [Weighted(), Expand()]) { Least = 0.25 },
        new("weighted dedup", () => [Weighted(), Dedup()]) { Least = 0.25 },
        new("weighted households", () => [Weighted(), Households()]) { Least = 0.25 },
        new("weighted renamed", () => [Weighted(), new RenameOperator("weight", "w")]) { Least = 0.25 },
        new("dedup expand", () => [Dedup(), Expand()]),
        new("dedup sessions", () => [Dedup(), Sessions()]) { GroupBy = "first-page", Measure = "events" },
        new("expand sessions", () => [Expand(), Sessions()]) { GroupBy = "first-page", Measure = "duration" },
        new("households dedup", () => [Households(), Dedup()]),
        new("households sessions", () => [Households(), Sessions()]) { GroupBy = "first-page", Measure = "events" },
        new("spread expand", () => [Spread(), Expand()]) { Least = 0.25 },
        new("enrich filter split", () => [Enrich(), Filter(), Split()]),
        new("weighted sessions", () => [Weighted(), Sessions()], "a session of rows") { GroupBy = "first-page" },
        new("weighted twice", () => [Weighted(), Weighted()], "one weighted sample is enough"),
        new("weighted dropped", () => [Weighted(), new DropOperator("weight")], "takes the weights"),
        new("weighted replaced", () => [Weighted(), RowMap.Int64("weight", _ => 1)], "takes the weights"),
        new("sessions twice", () => [Sessions(), Sessions(first: "first-page")], "follow the windows") { GroupBy = "first-first-page", Measure = "events" },
        new("dedup households", () => [Dedup(), Households()], "remembers rows"),
        new("dedup by device", () => [Device(), new DedupOperator("device", "id", TimeSpan.FromHours(1))], "tells subjects apart by other tokens"),
        new("households undeclared", () => [Move("households", Stability.OneToOne, 1)], "declare Stability.AcrossSubjects"),
    ];

    public string GroupBy { get; init; } = "page";

    public string Measure { get; init; } = "ms";

    /// <summary>The share of the cost that some stream takes at least; small streams do not reach the worst case of all subjects that
    /// stages move rows to.</summary>
    public double Least { get; init; } = 0.5;

    private static RowOperator Filter() => RowMap.Filter("even", row => row.GetInt64("ms") % 2 == 0);

    private static WeightedSampleOperator Weighted() => new("user", "weight", 4);

    private static DedupOperator Dedup() => new("user", "id", TimeSpan.FromHours(3));

    private static CustomOperator Expand() => Custom.Expand("page", Stability.OneToAtMost(3), static (row, values) =>
    {
        values.Add(row.GetText("page"));
        values.Add("/c"u8);
        values.Add(row.GetInt64("ms") > 20 ? "/a"u8 : "/b"u8);
    });

    private static BranchOperator Split() => new("low", new BranchCondition { Field = "ms", AtMost = 40 }, [new BranchCondition { Field = "page", In = ["/c"] }]);

    private static EnrichOperator Enrich() => new("page", new LookupTableOptions
    {
        Name = "pages",
        File = "pages.csv",
        Format = TableFormat.Csv,
        Open = () => new MemoryStream(Encoding.UTF8.GetBytes("page,section\n/a,one\n/b,two\n")),
        Key = "page",
        Columns = [new FieldDefinition { Name = "section", Type = FieldType.Text, Class = FieldClass.Attribute }],
    });

    private static SessionsOperator Sessions(string first = "page") => new("user", TimeSpan.FromMinutes(20), TimeSpan.FromHours(1)) { First = [first] };

    // Two households of several subjects each.
    private static CustomOperator Households() => Move("households", Stability.AcrossSubjects(1), 1);

    // Each subject's rows go to one of two others, by page.
    private static CustomOperator Spread() => Move("spread", Stability.AcrossSubjects(2), 2);

    private static CustomOperator Device() => Custom.Batch(
        "device", Stability.OneToOne, static batch => batch.NewTokens("device").Fill(new Token(1, 2)), [new CustomColumn("device", ColumnType.Token)]);

    private static CustomOperator Move(string name, Stability stability, int reach) => Custom.Batch(
        name,
        stability,
        batch =>
        {
            var from = batch.Tokens("user");
            var to = batch.NewTokens("user");
            for (var i = 0; i < from.Length; i++)
            {
                var page = reach == 1 ? 0 : (ulong)(batch.Int64("ms")[i] & 1);
                to[i] = new Token(7, 1 + (((from[i].Low >> 8) + page) % 3));
            }
        },
        [new CustomColumn("user", ColumnType.Token)]);
}
