using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>
/// Running totals as post-processing: each window's increment is noised and charged like any window, and what is published is
/// its sum with the total that the window before it published. Nothing but released numbers goes in, so it costs nothing.
/// </summary>
/// <remarks>
/// <para>The error grows with the root of the number of increments. Noise for continual release (<see cref="ContinualTotals"/>) has a
/// smaller error over many steps, in accounts that hold rho or a delta.</para>
/// <para>The number of increments in a total is read off its standard error. An increment that was withheld is missing from
/// the totals that follow; the mechanism's text says how many of how many are in.</para>
/// </remarks>
internal static class RunningTotal
{
    /// <summary>The most increments of a total.</summary>
    public const int MostSteps = 16_384;

    /// <summary>The windows before one in its total, the latest first.</summary>
    public static IEnumerable<TimeWindow> Before(TimeWindow window, long periodMs)
    {
        var size = window.EndMs - window.StartMs;
        for (var start = window.StartMs - size; start >= TimeWindow.FloorTo(window.StartMs, periodMs); start -= size)
        {
            yield return new TimeWindow(start, start + size);
        }
    }

    /// <summary>The total after an increment.</summary>
    /// <param name="query">The query.</param>
    /// <param name="window">The increment's window.</param>
    /// <param name="increment">The noised increment.</param>
    /// <param name="before">The last total of the same period; null when there is none.</param>
    public static DrawnValues Add(QueryPlan query, TimeWindow window, DrawnValues increment, Release? before)
    {
        var error = query.Noise!.StandardDeviation * (double)query.Resolution;
        var steps = 1 + Steps(before, error);
        var halfWidth = HalfWidth(query, increment.Confidence, steps) * query.Resolution;
        var totals = before?.Groups.ToDictionary(group => string.Join('\u0001', group.Key), group => group.Value) ?? [];
        var position = 1 + ((window.StartMs - TimeWindow.FloorTo(window.StartMs, query.RunningMs!.Value)) / (window.EndMs - window.StartMs));
        return increment with
        {
            Aggregate = $"running {increment.Aggregate}",
            Mechanism = $"running total of {steps} of {position} increments: {increment.Mechanism}",
            Groups = [.. increment.Groups.Select(group => Total(group, totals.GetValueOrDefault(string.Join('\u0001', group.Key)), halfWidth, error * Math.Sqrt(steps)))],
        };
    }

    // Sums of n independent draws: at least as wide as the root of n times one draw's interval and as the normal one, which
    // covers Laplace noise for every n (its sums lie between the two) and is exact for Gaussian noise.
    internal static decimal HalfWidth(QueryPlan query, double confidence, long steps)
    {
        var noise = query.Noise!;
        var normal = noise.StandardDeviation * NormalTail.Quantile((1 - confidence) / 2);
        return steps == 1
            ? noise.HalfWidth(confidence)
            : (decimal)Math.Ceiling(Math.Sqrt(steps) * Math.Max(noise.HalfWidth(confidence), normal));
    }

    private static long Steps(Release? before, double error) => before is { Groups: [{ StandardError: { } total }, ..] }
        ? (long)Math.Round(total / error * (total / error))
        : 0;

    private static ReleasedGroup Total(ReleasedGroup increment, decimal before, decimal halfWidth, double error)
    {
        var value = before + increment.Value;
        return increment with { Value = value, Low = value - halfWidth, High = value + halfWidth, StandardError = error };
    }
}
