using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary>One published number beside what stands behind it.</summary>
/// <param name="Query">The query.</param>
/// <param name="Window">The window.</param>
/// <param name="Group">The group's key; empty for a total.</param>
/// <param name="Value">The published value.</param>
/// <param name="Low">Lower end of its interval.</param>
/// <param name="High">Upper end of its interval.</param>
/// <param name="True">The true value. Known in the demo only.</param>
/// <param name="BoundedTrue">The value after bounds, before noise. Known in the demo only.</param>
internal sealed record DemoValue(
    string Query, TimeWindow Window, IReadOnlyList<string> Group, decimal Value, decimal Low, decimal High, long True, long BoundedTrue)
{
    /// <summary>Whether the interval covers the bounded true value.</summary>
    public bool IsCovered => Low <= BoundedTrue && BoundedTrue <= High;
}

/// <summary>What the demo did.</summary>
internal sealed record DemoResult
{
    /// <summary>What was asked for.</summary>
    public required DemoOptions Options { get; init; }

    /// <summary>The published numbers, in order of query, window and group.</summary>
    public required IReadOnlyList<DemoValue> Values { get; init; }

    /// <summary>What the run did.</summary>
    public required RunSummary Summary { get; init; }

    /// <summary>The account after it; null when nothing was ever charged.</summary>
    public required AccountStatus? Account { get; init; }

    /// <summary>How long the run took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Share of intervals that cover the bounded true value; null without values.</summary>
    public double? Coverage => Values.Count == 0 ? null : (double)Values.Count(value => value.IsCovered) / Values.Count;
}
