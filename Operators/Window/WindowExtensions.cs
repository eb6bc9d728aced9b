using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Windows and what is counted in them, as parts of a graph.</summary>
public static class WindowExtensions
{
    /// <summary>Cuts event time into windows of one size, aligned to the Unix epoch in UTC.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The bounded rows.</param>
    /// <param name="size">1 second or more; divides the accounting period.</param>
    /// <returns>The windows.</returns>
    public static Source<WindowedRows, TMat> TumblingWindow<TMat>(this Source<BoundedRows, TMat> source, TimeSpan size) =>
        source.Via(Flow.Single<BoundedRows, WindowedRows>(new TumblingWindowNode(size)));

    /// <summary>Cuts event time into windows of one size, aligned to the Unix epoch in UTC.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The bounded rows.</param>
    /// <param name="size">1 second or more; divides the accounting period.</param>
    /// <returns>The windows.</returns>
    public static Flow<TIn, WindowedRows, TMat> TumblingWindow<TIn, TMat>(this Flow<TIn, BoundedRows, TMat> flow, TimeSpan size)
        where TIn : IStreamState => flow.Via(Flow.Single<BoundedRows, WindowedRows>(new TumblingWindowNode(size)));

    /// <summary>Cuts event time into overlapping windows of one size: a new one starts every slide. A row is added once, to a
    /// pane of one slide, and counts in up to size / slide windows. Each window is charged, and W bounds in how many of a
    /// period a subject counts. No window spans two accounting periods.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The bounded rows.</param>
    /// <param name="size">At most the accounting period.</param>
    /// <param name="slide">1 second or more; divides the size and the accounting period.</param>
    /// <returns>The windows.</returns>
    public static Source<WindowedRows, TMat> SlidingWindow<TMat>(this Source<BoundedRows, TMat> source, TimeSpan size, TimeSpan slide) =>
        source.Via(Flow.Single<BoundedRows, WindowedRows>(new SlidingWindowNode(size, slide)));

    /// <summary>Cuts event time into overlapping windows of one size: a new one starts every slide. A row is added once, to a
    /// pane of one slide, and counts in up to size / slide windows. Each window is charged, and W bounds in how many of a
    /// period a subject counts. No window spans two accounting periods.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The bounded rows.</param>
    /// <param name="size">At most the accounting period.</param>
    /// <param name="slide">1 second or more; divides the size and the accounting period.</param>
    /// <returns>The windows.</returns>
    public static Flow<TIn, WindowedRows, TMat> SlidingWindow<TIn, TMat>(this Flow<TIn, BoundedRows, TMat> flow, TimeSpan size, TimeSpan slide)
        where TIn : IStreamState => flow.Via(Flow.Single<BoundedRows, WindowedRows>(new SlidingWindowNode(size, slide)));

    /// <summary>Counts rows by group, each subject's up to its bound.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <returns>The un-noised counts.</returns>
    public static Source<AggregatedWindows, TMat> Count<TMat>(this Source<WindowedRows, TMat> source, string name) =>
        source.Via(Flow.Single<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.Count)));

    /// <summary>Counts rows by group, each subject's up to its bound.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <returns>The un-noised counts.</returns>
    public static Flow<TIn, AggregatedWindows, TMat> Count<TIn, TMat>(this Flow<TIn, WindowedRows, TMat> flow, string name)
        where TIn : IStreamState => flow.Via(Flow.Single<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.Count)));

    /// <summary>Sums a measure by group, each subject's part clamped.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <param name="field">The measure.</param>
    /// <param name="upper">The largest sum of a subject in a group and window; at least 0.</param>
    /// <param name="lower">The smallest one; at most 0. Default: 0.</param>
    /// <returns>The un-noised sums.</returns>
    public static Source<AggregatedWindows, TMat> Sum<TMat>(this Source<WindowedRows, TMat> source, string name, string field, decimal upper, decimal lower = 0) =>
        source.Via(Flow.Single<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.Sum) { Field = field, Lower = lower, Upper = upper }));

    /// <summary>Sums a measure by group, each subject's part clamped.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <param name="field">The measure.</param>
    /// <param name="upper">The largest sum of a subject in a group and window; at least 0.</param>
    /// <param name="lower">The smallest one; at most 0. Default: 0.</param>
    /// <returns>The un-noised sums.</returns>
    public static Flow<TIn, AggregatedWindows, TMat> Sum<TIn, TMat>(this Flow<TIn, WindowedRows, TMat> flow, string name, string field, decimal upper, decimal lower = 0)
        where TIn : IStreamState => flow.Via(Flow.Single<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.Sum) { Field = field, Lower = lower, Upper = upper }));

    /// <summary>Counts subjects by group.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <returns>The un-noised counts.</returns>
    public static Source<AggregatedWindows, TMat> DistinctSubjects<TMat>(this Source<WindowedRows, TMat> source, string name) =>
        source.Via(Flow.Single<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.DistinctSubjects)));

    /// <summary>Counts subjects by group.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The windows.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <returns>The un-noised counts.</returns>
    public static Flow<TIn, AggregatedWindows, TMat> DistinctSubjects<TIn, TMat>(this Flow<TIn, WindowedRows, TMat> flow, string name)
        where TIn : IStreamState => flow.Via(Flow.Single<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.DistinctSubjects)));
}
