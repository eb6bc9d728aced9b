using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Tests.Simulation;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>A line of a source, read at some time. Without a row where a parser must refuse it.</summary>
internal sealed record PlayLine(long ClockMs, SimRow? Row, string? Text = null, bool IsCut = false)
{
    public bool IsMine => Row?.User == PlayStream.Me;
}

/// <summary>How rows of a stream are drawn.</summary>
internal sealed record PlayShape
{
    public required ArrivalMode Arrival { get; init; }

    public required bool IsSparse { get; init; }

    public required bool Repeats { get; init; }

    public required TimeSpan Lateness { get; init; }

    public required TimeSpan Skew { get; init; }

    public required TimeSpan Period { get; init; }

    /// <summary>When the first row arrives, milliseconds; at starts of running totals, too, so that the first steps can be the worst.</summary>
    public required long StartMs { get; init; }

    /// <summary>The longest pause between two rows of a partition.</summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>How many rows of a hundred are of the subject in which neighbours differ.</summary>
    public required int MineOfHundred { get; init; }

    public required (int Low, int High) MineMs { get; init; }

    /// <summary>Whose stamps are damaged now and then: the subject's (true), others' (false) or nobody's (null).</summary>
    public bool? WildMine { get; init; }

    public long PeriodMs => (long)Period.TotalMilliseconds;

    /// <summary>The same with rows of the subject all the time.</summary>
    public PlayShape Crowded() => this with
    {
        IsSparse = false,
        MineOfHundred = 85,
        MineMs = (0, 1000),
        Pause = TimeSpan.FromSeconds(100),
        Period = TimeSpan.FromHours(12),
        StartMs = Simulation.SimCase.Base - (8 * 3_600_000L),
        WildMine = null,
    };
}

/// <summary>
/// Draws lines of some partitions, in which rows of one subject stand among those of others. Nobody's rows but the operator's own
/// are the first, the last and the one at the cut: which windows fire is told by arrival stamps and is no secret of a subject.
/// </summary>
internal sealed class PlayStream(Random random, PlayShape shape)
{
    public const string Me = "user-me@example.org";
    private const string Operator = "operator@example.org";
    private const long Minute = 60_000;
    private const long Day = 24 * 60 * Minute;
    private int _number;

    public List<List<PlayLine>> Draw(int partitions) => [.. Enumerable.Range(0, partitions).Select(_ => DrawPartition())];

    /// <summary>A row of the subject in the same period, which takes the place of another; null when none was found.</summary>
    public SimRow? Another(PlayLine line)
    {
        var other = DrawRow(line.ClockMs, isMine: true);
        return PeriodOf(other) == PeriodOf(line.Row!) ? other : null;
    }

    public long PeriodOf(SimRow row) => TimeWindow.FloorTo(row.EventMs, shape.PeriodMs);

    /// <summary>Ids within a period repeat each other and those of other periods, which stay as they are.</summary>
    public SimRow WithCollidingId(SimRow row) => shape.Repeats && random.Next(3) == 0 ? row with { Id = $"me-{random.Next(12)}" } : row;

    public static string Json(SimRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"time":{{row.EventMs}},"arrival":{{row.ArrivalMs}},"user":"{{row.User}}","page":"{{row.Page}}","status":{{row.Status}},"ms":{{row.Ms}},"id":"{{row.Id}}"}""");

    private List<PlayLine> DrawPartition()
    {
        var clock = shape.StartMs;
        var lines = new List<PlayLine> { Mark(clock - (long)shape.Lateness.TotalMilliseconds) };
        var count = shape.IsSparse ? random.Next(2, 14) : random.Next(5, 140);
        var (cut, sinceWild) = (random.Next(count), -8);
        for (var i = 0; i < count; i++)
        {
            clock += shape.IsSparse && random.Next(2) == 0 ? random.NextInt64(Day / 2, 6 * Day) : random.NextInt64((long)shape.Pause.TotalMilliseconds + 1);
            if (random.Next(25) == 0)
            {
                lines.Add(new PlayLine(clock, null, random.Next(2) == 0 ? "not json" : $$"""{"time":{{clock}},"arrival":{{clock}},"page":"/a"}"""));
                continue;
            }

            var isMine = random.Next(100) < shape.MineOfHundred;
            var row = DrawRow(clock, isMine);
            if (shape.WildMine == isMine && sinceWild > 4 && random.Next(30) == 0)
            {
                (sinceWild, row) = (0, Wild(row));
            }

            sinceWild += isMine ? 0 : 1;
            lines.Add(new PlayLine(clock, row));
            if (shape.Repeats && random.Next(6) == 0)
            {
                lines.Add(new PlayLine(clock, Again(lines, clock)));
            }

            if (i == cut)
            {
                // So many that the frontier is known of these alone.
                lines.AddRange([.. Enumerable.Range(0, 10).Select(_ => Mark(clock)), Mark(clock) with { IsCut = true }]);
            }
        }

        return [.. lines, Mark(clock), Mark(clock + Minute)];
    }

    private PlayLine Mark(long clock) => new(clock, new SimRow(Operator, "/a", 200, 1, clock, clock, false, $"mark-{_number++}"));

    // As in the simulation: stamps of event time are in disorder by less than the allowed lateness, arrival stamps are in order.
    private SimRow DrawRow(long clock, bool isMine)
    {
        var lateness = (long)shape.Lateness.TotalMilliseconds;
        var time = shape.Arrival == ArrivalMode.EventTime || random.Next(6) > 0
            ? clock - random.NextInt64(0, lateness + 1)
            : clock + random.NextInt64(-2 * lateness - Minute, 2 * (long)shape.Skew.TotalMilliseconds + Minute);
        return new SimRow(
            isMine ? Me : $"user-{random.Next(14)}@example.org",
            new[] { "/a", "/b", "/c", "/d/é" }[random.Next(4)],
            new long[] { 200, 301, 404, 500 }[random.Next(4)],
            isMine ? random.Next(shape.MineMs.Low, shape.MineMs.High) : random.Next(-5, 100),
            time,
            shape.Arrival == ArrivalMode.EventTime ? time : clock,
            false,
            isMine ? $"me-{_number++}" : Convert.ToHexString(BitConverter.GetBytes(random.NextInt64())));
    }

    // A copy of a row of this partition, as delivery at least once makes it.
    private SimRow Again(List<PlayLine> lines, long clock)
    {
        var oldest = shape.Arrival == ArrivalMode.EventTime ? clock - (long)shape.Lateness.TotalMilliseconds : 0;
        var rows = lines.Select(line => line.Row).OfType<SimRow>().Where(row => !row.IsWild && row.User != Operator && row.EventMs >= oldest).ToList();
        var row = rows.Count == 0 ? DrawRow(clock, isMine: false) : rows[^random.Next(1, Math.Min(20, rows.Count) + 1)];
        return row with { ArrivalMs = shape.Arrival == ArrivalMode.EventTime ? row.EventMs : clock };
    }

    private SimRow Wild(SimRow row)
    {
        var year = random.Next(2) == 0 ? random.Next(1991, 2020) : random.Next(2030, 2199);
        var stamp = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + random.NextInt64(365 * Day);
        return row with { EventMs = stamp, ArrivalMs = stamp, IsWild = true };
    }
}
