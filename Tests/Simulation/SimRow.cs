using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>A good row in plain form. A wild one has damaged stamps far from all others.</summary>
public sealed record SimRow(string User, string Page, long Status, long Ms, long EventMs, long ArrivalMs, bool IsWild, string Id = "")
{
    /// <summary>Where it stands: the partition, and the line from 1.</summary>
    public (int Partition, long Line) Place { get; init; }

    /// <summary>The id of its trace, of 32 digits, or the 14 digits of its randomness; some cannot be read.</summary>
    public string Trace => Id is not { Length: 16 } ? "" : Id[0] switch
    {
        '0' => "",
        '1' => Id,
        '2' => string.Concat(Id.AsSpan(1), Id, "g"),
        '3' or '4' => Id[2..],
        _ => Id + Id.ToLowerInvariant(),
    };

    /// <summary>What a look-up in the table of pages adds.</summary>
    public string Section { get; init; } = "";

    /// <summary>What a join with the table of versions adds.</summary>
    public string Tier { get; init; } = "";

    /// <summary>What a batch stage adds.</summary>
    public string Parity { get; init; } = "";

    /// <summary>How many rows it stands for.</summary>
    public long Weight { get; init; } = 1;
}

/// <summary>A line of a source; without a row when a parser must refuse it, for a reason.</summary>
public sealed record SimLine(string Text, SimRow? Row, DeadLetterReason Reason = default);

/// <summary>What a row goes through before it is bounded.</summary>
public enum SimStep
{
    NoErrors,
    Expand,
    Low,
    High,
    Batch,
    Affine,
    Sample,
    Weigh,
    Trace,
    TraceAll,
    Enrich,
    EnrichOrDrop,
    EnrichOrDefault,
    Join,
    JoinOrDrop,
    Throw,
    Trip,
}

/// <summary>A bounded window and the queries over it.</summary>
public sealed record SimBranch(string[] GroupBy, string[][]? KnownKeys, int Groups, int RowsPerGroup, int Windows, TimeSpan Window, SimQuery[] Queries)
{
    /// <summary>When running totals begin anew.</summary>
    public static readonly TimeSpan RunningPeriod = TimeSpan.FromHours(12);

    /// <summary>Panes in a window; 1 for tumbling ones.</summary>
    public int Panes { get; init; } = 1;

    /// <summary>What rows go through first, in order.</summary>
    public SimStep[] Steps { get; init; } = [];

    /// <summary>Which arm of the split it hangs on; null when on the stream itself.</summary>
    public int? Arm { get; init; }

    /// <summary>The most groups of a window; null for any number.</summary>
    public int? MaxGroups { get; init; }

    /// <summary>The longest pause of sessions, which are counted instead of rows; null when rows are.</summary>
    public TimeSpan? Gap { get; init; }

    /// <summary>How rows are sampled by what was released, behind all other steps; null when they are not.</summary>
    public SimAdapt? Adapt { get; init; }

    /// <summary>The most that a row counts for.</summary>
    public long LargestWeight => Adapt?.Largest ?? SimTables.LargestWeight;

    public TimeSpan MaxLength { get; init; } = TimeSpan.FromHours(12);

    public TimeSpan Slide => Window / Panes;

    /// <summary>What dead letters call it.</summary>
    public string Label => Queries.Length == 1 ? Queries[0].Name : $"{Queries[0].Name}+{Queries.Length - 1}";
}

/// <summary>A query: c(ount), s(um), d(istinct subjects), w(eights), a(dapted weights), r(unning count), or a running sum (t).</summary>
public sealed record SimQuery(string Name, char Kind);
