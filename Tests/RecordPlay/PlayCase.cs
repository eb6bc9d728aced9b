using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Tests.Simulation;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>How neighbouring streams differ in the rows of one subject in one accounting period.</summary>
internal enum Neighbours
{
    /// <summary>The second stream has none of them.</summary>
    Removed,

    /// <summary>The first stream has none of them.</summary>
    Added,

    /// <summary>The second stream has others: a removal and an addition, so everything declared counts twice.</summary>
    Replaced,
}

/// <summary>What happens where both runs stand still, between the first part of the input and all of it.</summary>
internal enum PlayBreakpoint
{
    None,

    /// <summary>Rows that a broken stage left out are replayed into the stored state by one that is not.</summary>
    Replay,

    /// <summary>Another key, which the stored state is refused under; then the state is begun anew.</summary>
    Rotation,
}

/// <summary>Rows before the branches part.</summary>
internal enum PlayMoves
{
    None,
    Households,
    Spread,
}

/// <summary>Two neighbouring streams and what both are run through, drawn from a seed.</summary>
internal sealed record PlayCase
{
    public required int Seed { get; init; }

    public required Neighbours Kind { get; init; }

    public required SimCase First { get; init; }

    public required SimCase Second { get; init; }

    /// <summary>The accounting period in which they differ.</summary>
    public required TimeWindow Period { get; init; }

    public required bool InRho { get; init; }

    public required PlayMoves Moves { get; init; }

    public required PlayBreakpoint Breakpoint { get; init; }

    /// <summary>Whether the state is now and then begun anew on the same store, as after a loss.</summary>
    public required bool BeginsAnew { get; init; }

    /// <summary>Whether faults strike both runs at the same steps.</summary>
    public required bool IsAligned { get; init; }

    public required IReadOnlyList<PlayBranch> Branches { get; init; }

    /// <summary>How many times over what is declared may be measured.</summary>
    public int Factor => Kind == Neighbours.Replaced ? 2 : 1;

    /// <summary>Draws a case.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="totals">Whether it is one of running totals with continual noise, in which the subject has rows in every window: the
    /// worst pattern, which other cases seldom come near.</param>
    public static PlayCase Draw(int seed, bool totals = false)
    {
        var random = new Random(seed);
        var isSparse = random.Next(10) == 0;
        var shape = new PlayShape
        {
            Arrival = random.Next(3) == 0 ? ArrivalMode.EventTime : ArrivalMode.Field,
            IsSparse = isSparse,
            Repeats = random.Next(2) == 0,
            Lateness = TimeSpan.FromMinutes(random.Next(0, 40)),
            Skew = TimeSpan.FromMinutes(random.Next(0, 10)),
            Period = TimeSpan.FromHours(isSparse ? 24 : new[] { 6, 12, 24 }[random.Next(3)]),
            StartMs = SimCase.Base - (new[] { 0, 2, 8, 20 }[random.Next(4)] * 3_600_000L),
            Pause = TimeSpan.FromSeconds(new[] { 40, 200, 400 }[random.Next(3)]),
            MineOfHundred = new[] { 5, 20, 50 }[random.Next(3)],
            MineMs = new[] { (-5, 100), (-80, 10), (0, 1000) }[random.Next(3)],
            WildMine = random.Next(4) switch { 0 => true, 1 => false, _ => null },
        };
        shape = totals ? shape.Crowded() : shape;
        var stream = new PlayStream(random, shape);
        var lines = stream.Draw(random.Next(1, 4));
        var period = PeriodOf(random, stream, lines);
        var kind = (Neighbours)random.Next(3);
        var moves = random.Next(6) == 0 && !totals ? (PlayMoves)random.Next(1, 3) : PlayMoves.None;
        var breakpoint = random.Next(3) == 0 ? (PlayBreakpoint)random.Next(1, 3) : PlayBreakpoint.None;
        var inRho = random.Next(2) == 0 || totals;
        var draw = new PlayBranches(random, shape, inRho, moves);
        var branches = totals ? draw.Totals() : draw.Draw(mayFollow: breakpoint == PlayBreakpoint.None);
        var one = new SimCase
        {
            Seed = seed,
            Arrival = shape.Arrival,
            IsSparse = isSparse,
            Lateness = shape.Lateness,
            Skew = shape.Skew,
            Repeats = shape.Repeats,
            Partitions = [],
            Branches = [],
            Sources = Sources(random, lines.Count),
            Range = random.Next(3) == 0 ? new TimeWindow(shape.StartMs - 1_800_000, shape.StartMs + random.Next(60, 400) * 60_000L) : null,
        };
        var mine = lines.ConvertAll(partition => partition.ConvertAll(line => line.IsMine && stream.PeriodOf(line.Row!) == period ? line with { Row = stream.WithCollidingId(line.Row!) } : line));
        var with = one with { Partitions = Text(mine) };
        var others = mine.ConvertAll(partition => partition.SelectMany(line => Neighbour(random, stream, line, period, kind)).ToList());
        var without = one with { Partitions = Text(others) };
        return new PlayCase
        {
            Seed = seed,
            Kind = kind,
            First = kind == Neighbours.Added ? without : with,
            Second = kind == Neighbours.Added ? with : without,
            Period = new TimeWindow(period, period + shape.PeriodMs),
            InRho = inRho,
            Moves = moves,
            Breakpoint = breakpoint,
            BeginsAnew = !branches.Any(branch => branch.Follows) && breakpoint == PlayBreakpoint.None && random.Next(4) == 0,
            IsAligned = random.Next(2) == 0,
            Branches = branches,
        };
    }

    /// <summary>The lines up to the cut of each partition, which every stream has.</summary>
    public static SimCase UpToCut(SimCase stream) => stream with { Partitions = [.. stream.Partitions.Select(lines => lines.Take(lines.ToList().FindIndex(line => line.Row?.Id == "cut") + 1).ToList())] };

    private static IEnumerable<PlayLine> Neighbour(Random random, PlayStream stream, PlayLine line, long period, Neighbours kind)
    {
        if (!line.IsMine || stream.PeriodOf(line.Row!) != period)
        {
            return [line];
        }

        return kind == Neighbours.Replaced && !line.Row!.IsWild
            ? Enumerable.Range(0, random.Next(3)).Select(_ => stream.Another(line)).OfType<SimRow>().Select(row => new PlayLine(line.ClockMs, row)).ToList()
            : [];
    }

    // Mostly the one with the most rows.
    private static long PeriodOf(Random random, PlayStream stream, List<List<PlayLine>> lines)
    {
        var mine = lines.SelectMany(partition => partition).Where(line => line.IsMine).Select(line => stream.PeriodOf(line.Row!)).ToList();
        return mine.Count == 0 ? TimeWindow.FloorTo(SimCase.Base, 86_400_000)
            : random.Next(8) == 0 ? mine[random.Next(mine.Count)]
            : mine.GroupBy(period => period).MaxBy(group => group.Count())!.Key;
    }

    private static List<IReadOnlyList<SimLine>> Text(List<List<PlayLine>> partitions) => partitions.ConvertAll<IReadOnlyList<SimLine>>(lines =>
        lines.ConvertAll(line => line.Row is null ? new SimLine(line.Text!, null, DeadLetterReason.Malformed) : new SimLine(PlayStream.Json(line.Row), line.IsCut ? line.Row with { Id = "cut" } : line.Row)));

    private static List<IReadOnlyList<int>> Sources(Random random, int partitions)
    {
        var cut = random.Next(1, partitions + 1);
        var all = Enumerable.Range(0, partitions).ToArray();
        return cut == partitions || random.Next(2) == 0 ? [all] : [all[cut..], all[..cut]];
    }
}
