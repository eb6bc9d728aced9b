namespace AkkaPrivacy.Engine.Windows;

/// <summary>How much one subject may contribute. Rows beyond a bound are left out, by a rule that depends on the
/// subject's own rows only and not on their order.</summary>
public sealed record ContributionBounds
{
    /// <summary>The largest value of <see cref="Groups"/> and <see cref="RowsPerGroup"/>.</summary>
    public const int Largest = 1_000_000;

    /// <summary>L0: groups per window that a subject may count in, 1 to 1,000,000. Default: 1.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Linf of counts: rows per group and window that count, 1 to 1,000,000. Ignored by distinct subjects and by
    /// sums, which have a clamp of their own. Default: 1.</summary>
    public int RowsPerGroup { get; init; } = 1;

    /// <summary>W: windows per accounting period that a subject may count in, from 1 to the number of windows in a
    /// period. The first ones in order of time count. Default: 1.</summary>
    public int Windows { get; init; } = 1;
}
