using System.Collections.Immutable;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger;

/// <summary>
/// The sum of the W largest window costs, kept up as costs grow. Immutable.
/// </summary>
/// <remarks>Window costs never fall, so a window outside the W largest costs no more than the smallest inside, and
/// raising one window changes at most that one place: each step takes O(log W).</remarks>
internal sealed class TopSum
{
    private readonly int _width;
    private readonly ImmutableSortedSet<(long Cost, TimeWindow Window)> _top;

    private TopSum(int width, ImmutableSortedSet<(long Cost, TimeWindow Window)> top, long sum)
    {
        _width = width;
        _top = top;
        Sum = sum;
    }

    /// <summary>The sum of the W largest costs.</summary>
    public long Sum { get; }

    /// <summary>No windows.</summary>
    /// <param name="width">W, 1 or more.</param>
    public static TopSum Empty(int width) => new(width, [], 0);

    /// <summary>The windows with these costs, of which those of 0 do not count.</summary>
    /// <exception cref="OverflowException">The sum exceeds the range of 64 bits.</exception>
    public static TopSum Of(int width, IEnumerable<(long Cost, TimeWindow Window)> costs)
    {
        var top = costs.Where(cost => cost.Cost != 0).OrderDescending().Take(width).ToImmutableSortedSet();
        return new TopSum(width, top, top.Sum(cost => cost.Cost));
    }

    /// <summary>Raises the cost of a window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="from">Its cost so far, 0 for a new one.</param>
    /// <param name="to">Its new cost, at least <paramref name="from"/>.</param>
    /// <exception cref="OverflowException">The sum exceeds the range of 64 bits.</exception>
    public TopSum Raise(TimeWindow window, long from, long to)
    {
        if (to == from)
        {
            return this;
        }

        var others = _top.Remove((from, window));
        if (others.Count < _top.Count)
        {
            return new TopSum(_width, others.Add((to, window)), checked(Sum - from + to));
        }

        if (_top.Count < _width)
        {
            return new TopSum(_width, _top.Add((to, window)), checked(Sum + to));
        }

        var smallest = _top.Min;
        return to <= smallest.Cost
            ? this
            : new TopSum(_width, _top.Remove(smallest).Add((to, window)), checked(Sum - smallest.Cost + to));
    }
}
