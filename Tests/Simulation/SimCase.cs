using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Stages;
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

    /// <summary>Which partitions each source has; more than one source are merged, so partitions are counted in this order.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sources { get; init; } = [];

    /// <summary>How fast sources are read, on the clock of the simulation; null for no limit.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>Whether places of rows that are left out are told.</summary>
    public bool HasSideOutput { get; init; } = true;

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
            Branches = SimBranches.Draw(random, isSparse),
            RowsPerSecond = random.Next(4) == 0 ? random.Next(50, 5000) : null,
        };
        drawn = drawn with { Partitions = [.. Enumerable.Range(0, random.Next(1, 4)).Select(partition => drawn.DrawPartition(random, partition))] };
        drawn = drawn with { Sources = DrawSources(random, drawn.Partitions.Count) };
        return random.Next(4) > 0 ? drawn : drawn with { Range = new TimeWindow(Base + random.Next(200) * Minute, Base + random.Next(201, 500) * Minute) };
    }

    /// <summary>The same with one partition of one source and nothing around it, for runtimes that compose graphs by themselves.</summary>
    public SimCase Plain() => this with
    {
        Partitions = [Partitions[0]],
        Sources = [[0]],
        RowsPerSecond = null,
        HasSideOutput = false,
        Branches = [.. Branches.Select(branch => branch with { Arm = null })],
    };

    private static List<IReadOnlyList<int>> DrawSources(Random random, int partitions)
    {
        var cut = random.Next(1, partitions + 1);
        var all = Enumerable.Range(0, partitions).ToArray();
        return cut == partitions || random.Next(2) == 0 ? [all] : [all[cut..], all[..cut]];
    }

    private List<SimLine> DrawPartition(Random random, int partition)
    {
        var lines = new List<SimLine>();
        var count = IsSparse ? random.Next(0, 12) : random.Next(0, 250);
        var (clock, lastWild) = (Base + random.Next(0, 90) * Minute, -1);
        for (var i = 0; i < count; i++)
        {
            clock += IsSparse && random.Next(2) == 0 ? random.NextInt64(Day / 2, 6 * Day) : random.Next(0, 200) * Minute / 60;
            if (random.Next(12) == 0)
            {
                lines.Add(Bad(random, clock));
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

        return [.. lines.Select((line, i) => line.Row is null ? line : line with { Row = line.Row with { Place = (partition, i + 1) } })];
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
        $$"""{"time":{{row.EventMs}},"arrival":{{row.ArrivalMs}},"user":"{{row.User}}","page":"{{row.Page}}","status":{{row.Status}},"ms":{{row.Ms}},"id":"{{row.Id}}","trace":"{{row.Trace}}","extra":"x"}""");

    private static SimLine Bad(Random random, long clock) => random.Next(5) switch
    {
        0 => new("not json", null, DeadLetterReason.Malformed),
        1 => new($$"""{"time":{{clock}},"arrival":{{clock}},"page":"/a","status":200,"ms":1}""", null, DeadLetterReason.MissingField),
        2 => new("""{"user":"user-1@example.org","page":"/a","status":200,"ms":1}""", null, DeadLetterReason.MissingTime),
        3 => new($$"""{"time":{{clock}},"arrival":{{clock}},"user":"user-2@example.org","page":"/a","status":"a word","ms":1}""", null, DeadLetterReason.WrongType),
        _ => new($$"""{"time":{{clock}},"arrival":{{clock}},"user":"user-3@exam""", null, DeadLetterReason.Malformed),
    };
}
