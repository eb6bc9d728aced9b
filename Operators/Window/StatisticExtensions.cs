using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Statistics over subjects as parts of a graph. Each subject of a group counts once, with its total of a measure in
/// the group and window.</summary>
public static class StatisticExtensions
{
    /// <summary>The mean of subjects' totals, clamped.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <param name="field">The measure.</param>
    /// <param name="lower">The smallest total of a subject.</param>
    /// <param name="upper">The largest one.</param>
    /// <returns>The un-noised aggregates.</returns>
    public static Source<AggregatedWindows, TMat> Mean<TMat>(this Source<WindowedRows, TMat> source, string name, string field, decimal lower, decimal upper) =>
        source.Aggregate(new AggregateNode(name, AggregateKind.Mean) { Field = field, Lower = lower, Upper = upper });

    /// <summary>The variance of subjects' totals, clamped.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <param name="field">The measure.</param>
    /// <param name="lower">The smallest total of a subject.</param>
    /// <param name="upper">The largest one.</param>
    /// <returns>The un-noised aggregates.</returns>
    public static Source<AggregatedWindows, TMat> Variance<TMat>(this Source<WindowedRows, TMat> source, string name, string field, decimal lower, decimal upper) =>
        source.Aggregate(new AggregateNode(name, AggregateKind.Variance) { Field = field, Lower = lower, Upper = upper });

    /// <summary>Quantiles of subjects' totals within a range, all from one tree of 256 bins.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <param name="field">The measure.</param>
    /// <param name="lower">The smallest total of a subject.</param>
    /// <param name="upper">The largest one.</param>
    /// <param name="quantiles">Numbers above 0 and below 1, for example 0.5 and 0.95.</param>
    /// <returns>The un-noised aggregates.</returns>
    public static Source<AggregatedWindows, TMat> Quantiles<TMat>(
        this Source<WindowedRows, TMat> source, string name, string field, decimal lower, decimal upper, params double[] quantiles) =>
        source.Aggregate(new AggregateNode(name, AggregateKind.Quantiles) { Field = field, Lower = lower, Upper = upper, Quantiles = quantiles });

    /// <summary>How many subjects have a total in each bin; those beyond the outer edges count in the outer bins.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <param name="field">The measure.</param>
    /// <param name="edges">2 to 257 ascending numbers.</param>
    /// <returns>The un-noised aggregates.</returns>
    public static Source<AggregatedWindows, TMat> Histogram<TMat>(this Source<WindowedRows, TMat> source, string name, string field, params decimal[] edges) =>
        source.Aggregate(new AggregateNode(name, AggregateKind.Histogram) { Field = field, Edges = edges });

    /// <summary>Any aggregate, for example one with <see cref="AggregateNode.Top"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The windows.</param>
    /// <param name="node">What is computed.</param>
    /// <returns>The un-noised aggregates.</returns>
    public static Source<AggregatedWindows, TMat> Aggregate<TMat>(this Source<WindowedRows, TMat> source, AggregateNode node) =>
        source.Via(Flow.Single<WindowedRows, AggregatedWindows>(node));

    /// <summary>Any aggregate, as a part of a branch.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The windows.</param>
    /// <param name="node">What is computed.</param>
    /// <returns>The un-noised aggregates.</returns>
    public static Flow<TIn, AggregatedWindows, TMat> Aggregate<TIn, TMat>(this Flow<TIn, WindowedRows, TMat> flow, AggregateNode node)
        where TIn : IStreamState => flow.Via(Flow.Single<WindowedRows, AggregatedWindows>(node));
}
