using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Tests.Operators.Window;

/// <summary>A row in plain form. A part is a string, a long or null; a measure is null when missing.</summary>
public sealed record PlainRow(long TimeMs, Token Token, object?[] Parts, long?[] Measures);

/// <summary>Rows that arrive between two frontiers, in no particular order, and the frontier after them.</summary>
public sealed record Segment(IReadOnlyList<PlainRow> Rows, Frontier Frontier);

/// <summary>A plan and a stream for it, drawn from a seed.</summary>
public sealed record WindowCase(BoundedWindowPlan Plan, IReadOnlyList<Segment> Segments)
{
    public const int SubjectSlot = 2;
    private static readonly string[] Texts = ["", "a", "b", "/index", "/a/rather/long/path/of/a/page", "/a/rather/long/path/of/b/page", "sixteen-bytes-16", "seventeen-bytes17"];

    public static WindowCase Draw(int seed)
    {
        var random = new Random(seed);
        var plan = DrawPlan(random);
        var subjects = Enumerable.Range(0, random.Next(1, 12)).Select(_ => new Token((ulong)random.NextInt64(), (ulong)random.NextInt64())).ToArray();
        var origin = random.Next(3) == 0 ? -5000 : 1_700_000_000_000 / plan.PeriodMs * plan.PeriodMs;
        return new WindowCase(plan, DrawSegments(random, plan, subjects, origin));
    }

    public WindowCase Without(Func<PlainRow, bool> leftOut) => this with
    {
        Segments = [.. Segments.Select(segment => segment with { Rows = [.. segment.Rows.Where(row => !leftOut(row))] })],
    };

    private static BoundedWindowPlan DrawPlan(Random random)
    {
        var fields = Enumerable.Range(0, random.Next(3)).Select(i => new GroupField($"f{i}", SubjectSlot + 1 + i, random.Next(3) == 0 ? ColumnType.Int64 : ColumnType.Text)).ToArray();
        var sums = Enumerable.Range(0, random.Next(3)).Select(i => new SumField($"m{i}", 10 + i, -random.Next(3), random.Next(1, 30), 1)).ToArray();
        var panes = random.Next(3) == 0 ? random.Next(2, 6) : 1;
        var slideMs = random.Next(1, 50) * 100L;
        var windows = random.Next(1, 6);
        return new BoundedWindowPlan
        {
            Group = "g",
            SubjectSlot = SubjectSlot,
            GroupBy = fields,
            KnownKeys = fields.Length == 0 ? [[]] : random.Next(2) == 0 ? null : DrawKnown(random, fields),
            Bounds = new ContributionBounds { Groups = random.Next(2) == 0 ? random.Next(1, 4) : random.Next(1, 20), RowsPerGroup = random.Next(1, 5), Windows = random.Next(1, windows + 1) },
            Sums = sums,
            WindowMs = slideMs * panes,
            SlideMs = slideMs,
            PeriodMs = slideMs * (panes + windows - 1),
        };
    }

    private static string[][] DrawKnown(Random random, GroupField[] fields) =>
        [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => fields.Select(field => $"{DrawPart(random, field.Type)}").ToArray())];

    private static object? DrawPart(Random random, ColumnType type) => (type, random.Next(12)) switch
    {
        (_, 0) => null,
        (ColumnType.Text, _) => Texts[random.Next(Texts.Length)],
        _ => (long)random.Next(-4, 8),
    };

    private static List<Segment> DrawSegments(Random random, BoundedWindowPlan plan, Token[] subjects, long origin)
    {
        var segments = new List<Segment>();
        var fireFrom = random.Next(4) == 0 ? origin + plan.WindowMs : long.MinValue;
        var length = random.Next(1, 10);
        for (var i = 0; i < length; i++)
        {
            var from = origin + (i * plan.WindowMs);
            var rows = Enumerable.Range(0, random.Next(1, 60)).Select(_ => DrawRow(random, plan, subjects, from)).ToList();
            var upTo = random.Next(3) == 0 ? long.MinValue : from + random.NextInt64(-plan.WindowMs, 2 * plan.WindowMs);
            segments.Add(new Segment(rows, new Frontier(fireFrom, upTo, false)));
        }

        var end = origin + ((length + (random.Next(2) == 0 ? 5 : 0)) * plan.WindowMs);
        segments.Add(new Segment([], new Frontier(fireFrom, end, true)));
        return segments;
    }

    private static PlainRow DrawRow(Random random, BoundedWindowPlan plan, Token[] subjects, long from)
    {
        var time = random.Next(200) == 0 ? (random.Next(2) == 0 ? long.MinValue : long.MaxValue) : from + random.NextInt64(-plan.WindowMs, 2 * plan.WindowMs);
        var token = random.Next(50) == 0 ? default : subjects[random.Next(subjects.Length)];
        object?[] parts = [.. plan.GroupBy.Select(field => DrawPart(random, field.Type))];
        long?[] measures = [.. plan.Sums.Select(_ => DrawMeasure(random))];
        return new PlainRow(time, token, parts, measures);
    }

    private static long? DrawMeasure(Random random) => random.Next(10) switch
    {
        0 => null,
        1 => random.Next(2) == 0 ? long.MaxValue : long.MinValue + 1,
        _ => random.Next(-3, 9),
    };
}
