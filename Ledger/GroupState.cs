using System.Collections.Immutable;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger;

/// <summary>
/// The charges of one composition group in one period.
/// </summary>
/// <remarks>A subject is in at most W windows, so it loses at most the sum of the W largest window costs. Loss and
/// delta are summed over their own W largest windows: the windows with the largest epsilon need not be those with
/// the largest delta, and the pair of sums bounds every choice of W windows.</remarks>
internal sealed class GroupState
{
    private readonly ImmutableDictionary<TimeWindow, Units> _windows;
    private readonly TopSum _loss;
    private readonly TopSum _delta;

    private GroupState(int maxWindows, ImmutableDictionary<TimeWindow, Units> windows, TopSum loss, TopSum delta)
    {
        MaxWindows = maxWindows;
        _windows = windows;
        _loss = loss;
        _delta = delta;
    }

    /// <summary>W.</summary>
    public int MaxWindows { get; }

    /// <summary>The windows that were charged, with the sum of their queries' costs.</summary>
    public IEnumerable<KeyValuePair<TimeWindow, Units>> Windows => _windows;

    /// <summary>How many windows were charged.</summary>
    public int Count => _windows.Count;

    /// <summary>What the group costs a subject.</summary>
    public Units Charge => new(_loss.Sum, _delta.Sum);

    public static GroupState Empty(int maxWindows) =>
        new(maxWindows, ImmutableDictionary<TimeWindow, Units>.Empty, TopSum.Empty(maxWindows), TopSum.Empty(maxWindows));

    /// <summary>A group of windows that were charged.</summary>
    /// <exception cref="OverflowException">A sum exceeds the range of 64 bits.</exception>
    public static GroupState Restore(int maxWindows, IReadOnlyCollection<KeyValuePair<TimeWindow, Units>> windows) => new(
        maxWindows,
        windows.ToImmutableDictionary(),
        TopSum.Of(maxWindows, windows.Select(window => (window.Value.Loss, window.Key))),
        TopSum.Of(maxWindows, windows.Select(window => (window.Value.AttoDelta, window.Key))));

    /// <summary>Adds the cost of a query on a window.</summary>
    /// <exception cref="OverflowException">A sum exceeds the range of 64 bits.</exception>
    public GroupState Add(TimeWindow window, Units cost)
    {
        var before = _windows.GetValueOrDefault(window);
        var after = before + cost;
        return new GroupState(
            MaxWindows,
            _windows.SetItem(window, after),
            _loss.Raise(window, before.Loss, after.Loss),
            _delta.Raise(window, before.AttoDelta, after.AttoDelta));
    }
}
