using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Windows;

/// <summary>A group-by field, resolved.</summary>
/// <param name="Name">The field.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Type">Text or Int64; numbers become decimal text in keys.</param>
public sealed record GroupField(string Name, int Slot, ColumnType Type);

/// <summary>A summed measure, resolved. A subject's sum in a group and window is clamped to the range before it counts.</summary>
/// <param name="Field">The measure.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Lower">The smallest sum of a subject in a group, in units of <paramref name="Resolution"/>; at most 0.</param>
/// <param name="Upper">The largest one; at least 0, and above <paramref name="Lower"/>.</param>
/// <param name="Resolution">Value of one unit.</param>
public sealed record SumField(string Field, int Slot, long Lower, long Upper, decimal Resolution)
{
    /// <summary>The largest magnitude that <see cref="Lower"/> and <see cref="Upper"/> may have, in units: 2^40.</summary>
    public const long Largest = 1L << 40;
}

/// <summary>Everything that a bounded window needs to know, resolved. Queries over one such plan share its
/// state and form one composition group.</summary>
public sealed record BoundedWindowPlan
{
    private readonly long? _slideMs;

    /// <summary>The composition group's name; unique in the pipeline.</summary>
    public required string Group { get; init; }

    /// <summary>Slot of the subject's token.</summary>
    public required int SubjectSlot { get; init; }

    /// <summary>The group-by fields; empty for totals.</summary>
    public required IReadOnlyList<GroupField> GroupBy { get; init; }

    /// <summary>The known keys, one part for each group-by field; rows with other keys do not count. Null when the keys
    /// are unknown and must be selected. Totals have one known key without parts.</summary>
    public required IReadOnlyList<IReadOnlyList<string>>? KnownKeys { get; init; }

    /// <summary>The bounds.</summary>
    public required ContributionBounds Bounds { get; init; }

    /// <summary>The sums that the queries ask for.</summary>
    public required IReadOnlyList<SumField> Sums { get; init; }

    /// <summary>What is computed of the sums of each subject when a window fires. Default: none.</summary>
    public IReadOnlyList<DerivedColumn> Derived { get; init; } = [];

    /// <summary>Number of columns that a window's aggregate has beside rows and subjects: sums, then derived ones.</summary>
    public int ColumnCount => Sums.Count + Derived.Count;

    /// <summary>Size of the windows, milliseconds. A tumbling one divides the accounting period; a sliding one is at most as long.</summary>
    public required long WindowMs { get; init; }

    /// <summary>From the start of one window to that of the next, milliseconds; divides size and period. Each row counts in
    /// up to size / slide windows. Default: the size, so that windows tumble.</summary>
    public long SlideMs
    {
        get => _slideMs ?? WindowMs;
        init => _slideMs = value == WindowMs ? null : value;
    }

    /// <summary>A window fires when the frontier has passed the first multiple of this that is at or after its end,
    /// milliseconds. Default: 1, at its end.</summary>
    public long HoldMs { get; init; } = 1;

    /// <summary>The accounting period, milliseconds.</summary>
    public required long PeriodMs { get; init; }

    /// <summary>The most groups of a window whose keys are unknown: a window with more is given up and withheld. Null for no
    /// limit but memory.</summary>
    public int? MaxGroups { get; init; }

    /// <summary>Number of windows that lie in an accounting period.</summary>
    public int WindowsPerPeriod => (int)Math.Min(int.MaxValue, ((PeriodMs - WindowMs) / SlideMs) + 1);

    /// <summary>The most windows that a row counts in: size / slide.</summary>
    public int WindowsPerRow => (int)Math.Min(int.MaxValue, WindowMs / SlideMs);

    /// <summary>Which windows there are.</summary>
    internal WindowGrid Grid => new(WindowMs, SlideMs, PeriodMs);
}
