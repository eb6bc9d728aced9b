using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>Cuts event time into windows of one size.</summary>
/// <param name="size">The windows' size.</param>
/// <param name="slide">From one start to the next.</param>
public abstract class WindowNode(TimeSpan size, TimeSpan slide) : GraphNode
{
    /// <summary>The windows' size.</summary>
    public TimeSpan Size { get; } = size;

    /// <summary>From the start of one window to that of the next.</summary>
    public TimeSpan Slide { get; } = slide;
}

/// <summary>Cuts event time into windows of one size, aligned to the Unix epoch in UTC.</summary>
/// <param name="size">The size: 1 second or more, and a divisor of the accounting period.</param>
public sealed class TumblingWindowNode(TimeSpan size) : WindowNode(size, size)
{
    /// <inheritdoc />
    public override string Kind => "tumbling-window";
}

/// <summary>Cuts event time into overlapping windows, aligned to the Unix epoch in UTC. None spans two accounting periods.</summary>
/// <param name="size">The size: at most the accounting period.</param>
/// <param name="slide">From one start to the next: 1 second or more, and a divisor of size and accounting period.</param>
public sealed class SlidingWindowNode(TimeSpan size, TimeSpan slide) : WindowNode(size, slide)
{
    /// <inheritdoc />
    public override string Kind => "sliding-window";
}

/// <summary>What a query computes of each group.</summary>
public enum AggregateKind
{
    /// <summary>Number of rows, at most <see cref="Windows.ContributionBounds.RowsPerGroup"/> of each subject.</summary>
    Count,

    /// <summary>Sum of a measure, each subject's part clamped.</summary>
    Sum,

    /// <summary>Number of subjects.</summary>
    DistinctSubjects,

    /// <summary>Mean over subjects of each one's total of a measure, clamped.</summary>
    Mean,

    /// <summary>Variance over subjects of each one's total of a measure, clamped.</summary>
    Variance,

    /// <summary>Quantiles over subjects of each one's total of a measure, within a range.</summary>
    Quantiles,

    /// <summary>Number of subjects whose total of a measure lies in each of some bins.</summary>
    Histogram,
}

/// <summary>A query over bounded windows.</summary>
/// <param name="name">The query's name, unique in the pipeline.</param>
/// <param name="aggregate">What it computes.</param>
public sealed class AggregateNode(string name, AggregateKind aggregate) : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "aggregate";

    /// <summary>The query's name.</summary>
    public string Name { get; } = name;

    /// <summary>What it computes.</summary>
    public AggregateKind Aggregate { get; } = aggregate;

    /// <summary>The measure of a sum or a statistic; null otherwise.</summary>
    public string? Field { get; init; }

    /// <summary>The smallest total of a subject in a group and window; of a sum at most 0. Default: 0.</summary>
    public decimal Lower { get; init; }

    /// <summary>The largest total of a subject in a group and window; of a sum at least 0. Required for sums, means, variances and
    /// quantiles.</summary>
    public decimal Upper { get; init; }

    /// <summary>The edges of a histogram's bins, ascending: 2 to 257. Ignored by others.</summary>
    public IReadOnlyList<decimal> Edges { get; init; } = [];

    /// <summary>The quantiles, 1 to 32 different numbers above 0 and below 1. Ignored by others. Default: the median.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = [0.5];

    /// <summary>Bins into which the range of quantiles is cut: a power of two from 2 to 1024. Ignored by others. Default: 256.</summary>
    public int Bins { get; init; } = 256;

    /// <summary>How many groups to publish: those with the largest noised values, or those that <see cref="NoiseNode.ChoosesKeys"/>
    /// noise chooses; 1 or more, of counts, sums and distinct subjects only. Default: null, all.</summary>
    public int? Top { get; init; }

    /// <summary>Publishes a running total that starts anew every so long, instead of each window by itself: a multiple of the
    /// window's size, at most 16,384 windows. Counts and sums over tumbling windows with known keys. Default: null.</summary>
    public TimeSpan? RunningPeriod { get; init; }
}

/// <summary>Keeps or drops groups with unknown keys, so that a key's presence reveals no subject.</summary>
public abstract class KeySelectionNode : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "select-keys";

    /// <summary>Resolves the node for a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="errors">Where mistakes go.</param>
    /// <returns>The selection, or null when there were mistakes.</returns>
    public abstract IKeySelection? Plan(QueryPlan query, PlanErrors errors);
}

/// <summary>Adds noise to the aggregates. Nothing is published before it.</summary>
public abstract class NoiseNode : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "noise";

    /// <summary>Whether it chooses the keys with the largest values of a known set instead of adding noise to all. Default: no.</summary>
    public virtual bool ChoosesKeys => false;

    /// <summary>Resolves the node for a query.</summary>
    /// <param name="query">The query with its sensitivity.</param>
    /// <param name="errors">Where mistakes go.</param>
    /// <returns>The mechanism, or null when there were mistakes.</returns>
    public abstract INoise? Plan(QueryPlan query, PlanErrors errors);
}
