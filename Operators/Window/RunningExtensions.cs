using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Running totals, as parts of a graph.</summary>
public static class RunningExtensions
{
    /// <summary>Counts rows by group from the start of a period on, published at the end of each window. Keys are known.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The tumbling windows, which are the increments.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <param name="period">When the total starts anew: a multiple of the window's size, counted from the Unix epoch in UTC.</param>
    /// <returns>The un-noised increments.</returns>
    public static Source<AggregatedWindows, TMat> RunningCount<TMat>(this Source<WindowedRows, TMat> source, string name, TimeSpan period) =>
        source.Via(Flow.Single<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.Count) { RunningPeriod = period }));

    /// <summary>Sums a measure by group from the start of a period on, published at the end of each window. Keys are known.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The tumbling windows, which are the increments.</param>
    /// <param name="name">The query's name, unique in the pipeline.</param>
    /// <param name="field">The measure.</param>
    /// <param name="upper">The largest sum of a subject in a group and window; at least 0.</param>
    /// <param name="period">When the total starts anew: a multiple of the window's size, counted from the Unix epoch in UTC.</param>
    /// <param name="lower">The smallest one; at most 0. Default: 0.</param>
    /// <returns>The un-noised increments.</returns>
    public static Source<AggregatedWindows, TMat> RunningSum<TMat>(this Source<WindowedRows, TMat> source, string name, string field, decimal upper, TimeSpan period, decimal lower = 0) =>
        source.Via(Flow.Single<WindowedRows, AggregatedWindows>(new AggregateNode(name, AggregateKind.Sum) { Field = field, Lower = lower, Upper = upper, RunningPeriod = period }));
}
