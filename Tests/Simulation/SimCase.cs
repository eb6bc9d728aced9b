using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>A stream, its partitions and the queries over it, drawn from a seed.</summary>
public sealed record SimCase
{
    public static readonly long Base = new DateTimeOffset(2026, 3, 1, 20, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private const long Minute = 60_000;
    private const long Day = 24 * 60 * Minute;

    public required int Seed { get; init; }

    public required ArrivalMode Arrival { get; init; }

    public required bool IsSparse { get; init; }

    public required TimeSpan Lateness { get; init; }

    public required TimeSpan Skew { get; init; }

    public TimeWindow? Range { get; init; }

    /// <summary>Whether copies of rows come again and are to be taken out.</summary>
    public required bool Repeats { get; init; }

    public required IReadOnlyList<IReadOnlyList<SimLine>> Partitions { get; init; }

    public required IReadOnlyList<SimBranch> Branches { get; init; }

    public IEnumerable<SimRow> Rows => Partitions.SelectMany(lines => lines).Select(line => line.Row).OfType<SimRow>();

    public static SimCase Draw(int seed)
    {
        var random = new Random(seed);
        var isSparse = random.Next(8) == 0;
        var drawn = new SimCase
        {
            Seed = seed,
            Arrival = random.Next(3) == 0 ? ArrivalMode.EventTime : ArrivalMode.Field,
            IsSparse = isSparse,
            Lateness = TimeSpan.FromMinutes(random.Next(0, 40)),
            Skew = TimeSpan.FromMinutes(random.Next(0, 10)),
            Repeats = random.Next(2) == 0,
            Partitions = [],
            Branches = [.. DrawBranches(random, isSparse), .. DrawShaped(new Random(seed ^ 0x5EED), isSparse)],
        };
        drawn = drawn with { Partitions = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => drawn.DrawPartition(random))] };
        return random.Next(4) > 0 ? drawn : drawn with { Range = new TimeWindow(Base + random.Next(200) * Minute, Base + random.Next(201, 500) * Minute) };
    }

    private static List<SimBranch> DrawBranches(Random random, bool isSparse)
    {
        string[][] statuses = [["200"], ["301"], ["404"]];
        string[][] pairs = [["/a", "200"], ["/b", "200"], ["/b", "404"], ["/zz", "500"]];
        SimBranch[] all =
        [
            Branch([], null, 1, new SimQuery("visitors", 'd'), new SimQuery("hits", 'c')),
            Branch(["status"], statuses, random.Next(1, 3), new SimQuery("by-status", 'c'), new SimQuery("ms", 's')),
            Branch(["page"], null, random.Next(1, 3), new SimQuery("pages", 'c')) with { WithoutErrors = random.Next(2) == 0 },
            Branch(["first-page"], [["/a"], ["/b"]], 2, new SimQuery("visits", 'c'), new SimQuery("events", 's')) with
            {
                Gap = TimeSpan.FromMinutes(random.Next(1, 60)),
                MaxLength = TimeSpan.FromHours(new[] { 1, 3, 12, 24 }[random.Next(4)]),
            },
            Branch(["page", "status"], pairs, random.Next(1, 4), new SimQuery("pairs", 'd')),
        ];
        random.Shuffle(all);
        return [.. all.Take(random.Next(1, 4))];

        SimBranch Branch(string[] groupBy, string[][]? known, int groups, params SimQuery[] queries)
        {
            var window = isSparse ? TimeSpan.FromHours(random.Next(2) == 0 ? 12 : 24) : TimeSpan.FromMinutes(new[] { 10, 30, 60, 120 }[random.Next(4)]);
            var panes = random.Next(3) == 0 ? random.Next(2) == 0 ? 2 : 5 : 1;
            var perPeriod = ((TimeSpan.FromDays(1) - window).Ticks / (window / panes).Ticks) + 1;
            return new SimBranch(groupBy, known, groups, random.Next(1, 4), random.Next(1, (int)Math.Min(panes > 1 ? 12 : 6, perPeriod) + 1), window, false, queries) { Panes = panes };
        }
    }

    // Of a source of its own, so that the streams of a seed stay as they were.
    private static IEnumerable<SimBranch> DrawShaped(Random random, bool isSparse)
    {
        var window = TimeSpan.FromHours(isSparse ? 24 : 1);
        if (random.Next(2) == 0)
        {
            yield return new SimBranch(["page"], random.Next(2) == 0 ? [["/a"], ["/x"]] : null, random.Next(1, 4), random.Next(1, 4), 1, window, false, [new SimQuery("expanded", 'c')]) { Shape = 'e' };
        }

        if (random.Next(2) == 0)
        {
            yield return new SimBranch([], null, 1, random.Next(1, 4), 1, window, false, [new SimQuery("low", 'd'), new SimQuery("low-ms", 's')]) { Shape = 's' };
            yield return new SimBranch(["page"], null, 2, 2, 1, window, false, [new SimQuery("high", 'c')]) { Shape = 'o' };
        }
    }

    private List<SimLine> DrawPartition(Random random)
    {
        var lines = new List<SimLine>();
        var count = IsSparse ? random.Next(0, 12) : random.Next(0, 250);
        var (clock, lastWild) = (Base + random.Next(0, 90) * Minute, -1);
        for (var i = 0; i < count; i++)
        {
            clock += IsSparse && random.Next(2) == 0 ? random.NextInt64(Day / 2, 6 * Day) : random.Next(0, 200) * Minute / 60;
            if (random.Next(12) == 0)
            {
                lines.Add(new SimLine(Bad(random, clock), null));
                continue;
            }

            var row = DrawRow(random, clock);
            if (count > 6 && lastWild < i - 2 && random.Next(40) == 0)
            {
                (lastWild, row) = (i, Wild(random, row));
            }

            lines.Add(new SimLine(Json(row), row));
            if (Repeats && random.Next(5) == 0)
            {
                lines.Add(Again(random, lines, clock));
            }
        }

        return lines;
    }

    // Stamps of event time are in disorder by less than the allowed lateness, arrival stamps are in order.
    private SimRow DrawRow(Random random, long clock)
    {
        var lateness = (long)Lateness.TotalMilliseconds;
        var time = Arrival == ArrivalMode.EventTime ? clock - random.NextInt64(0, lateness + 1)
            : random.Next(6) == 0 ? clock + random.NextInt64(-2 * lateness - Minute, 2 * (long)Skew.TotalMilliseconds + Minute)
            : clock - random.NextInt64(0, lateness + 1);
        return new SimRow(
            $"user-{random.Next(25)}@example.org",
            new[] { "/a", "/b", "/c", "/d/é" }[random.Next(4)],
            new long[] { 200, 301, 404, 500 }[random.Next(4)],
            random.Next(-5, 100),
            time,
            Arrival == ArrivalMode.EventTime ? time : clock,
            false,
            Convert.ToHexString(BitConverter.GetBytes(random.NextInt64())));
    }

    // A copy of a row of this partition, as delivery at least once makes it: it arrives now. By event time that is an
    // older row again, which must keep within the disorder that is allowed.
    private SimLine Again(Random random, List<SimLine> lines, long clock)
    {
        var oldest = Arrival == ArrivalMode.EventTime ? clock - (long)Lateness.TotalMilliseconds : 0;
        var rows = lines.Select(line => line.Row).OfType<SimRow>().Where(row => !row.IsWild && row.EventMs >= oldest).ToList();
        var row = rows.Count == 0 ? DrawRow(random, clock) : rows[^random.Next(1, Math.Min(20, rows.Count) + 1)];
        var copy = row with { ArrivalMs = Arrival == ArrivalMode.EventTime ? row.EventMs : clock };
        return new SimLine(Json(copy), copy);
    }

    private static SimRow Wild(Random random, SimRow row)
    {
        var stamp = new DateTimeOffset(random.Next(2) == 0 ? random.Next(1991, 2020) : random.Next(2030, 2199), 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + random.NextInt64(365 * Day);
        return row with { EventMs = stamp, ArrivalMs = stamp, IsWild = true };
    }

    private static string Json(SimRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"time":{{row.EventMs}},"arrival":{{row.ArrivalMs}},"user":"{{row.User}}","page":"{{row.Page}}","status":{{row.Status}},"ms":{{row.Ms}},"id":"{{row.Id}}","extra":"x"}""");

    private static string Bad(Random random, long clock) => random.Next(5) switch
    {
        0 => "not json",
        1 => $$"""{"time":{{clock}},"arrival":{{clock}},"page":"/a","status":200,"ms":1}""",
        2 => $$"""{"user":"user-1@example.org","page":"/a","status":200,"ms":1}""",
        3 => $$"""{"time":{{clock}},"arrival":{{clock}},"user":"user-2@example.org","page":"/a","status":"a word","ms":1}""",
        _ => $$"""{"time":{{clock}},"arrival":{{clock}},"user":"user-3@exam""",
    };
}
