using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.KeySelection;

/// <summary>Key selection as a part of a graph.</summary>
public static class SelectKeysExtensions
{
    /// <summary>Drops groups with unknown keys that too few subjects are in. See <see cref="KeySelection.SelectKeys"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The aggregates.</param>
    /// <param name="epsilon">What one selection costs.</param>
    /// <param name="delta">Probability with which a subject may be revealed.</param>
    /// <returns>The aggregates of the keys that may be shown.</returns>
    public static Source<AggregatedWindows, TMat> SelectKeys<TMat>(this Source<AggregatedWindows, TMat> source, double epsilon, double delta) =>
        source.Via(Flow.Single<AggregatedWindows, AggregatedWindows>(new SelectKeys(epsilon, delta)));

    /// <summary>Drops groups with unknown keys that too few subjects are in. See <see cref="KeySelection.SelectKeys"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The aggregates.</param>
    /// <param name="epsilon">What one selection costs.</param>
    /// <param name="delta">Probability with which a subject may be revealed.</param>
    /// <returns>The aggregates of the keys that may be shown.</returns>
    public static Flow<TIn, AggregatedWindows, TMat> SelectKeys<TIn, TMat>(this Flow<TIn, AggregatedWindows, TMat> flow, double epsilon, double delta)
        where TIn : IStreamState => flow.Via(Flow.Single<AggregatedWindows, AggregatedWindows>(new SelectKeys(epsilon, delta)));

    /// <summary>Drops groups with unknown keys that too few subjects are in, by the node's mechanism: truncated geometric, or a
    /// threshold on noised numbers of subjects.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The aggregates.</param>
    /// <param name="selection">For example <c>KeySelection.SelectKeys.ByGaussianThreshold(rho, delta)</c>.</param>
    /// <returns>The aggregates of the keys that may be shown.</returns>
    public static Source<AggregatedWindows, TMat> SelectKeys<TMat>(this Source<AggregatedWindows, TMat> source, SelectKeys selection) =>
        source.Via(Flow.Single<AggregatedWindows, AggregatedWindows>(selection));

    /// <summary>Drops groups with unknown keys that too few subjects are in, by the node's mechanism: truncated geometric, or a
    /// threshold on noised numbers of subjects.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The aggregates.</param>
    /// <param name="selection">For example <c>KeySelection.SelectKeys.ByGaussianThreshold(rho, delta)</c>.</param>
    /// <returns>The aggregates of the keys that may be shown.</returns>
    public static Flow<TIn, AggregatedWindows, TMat> SelectKeys<TIn, TMat>(this Flow<TIn, AggregatedWindows, TMat> flow, SelectKeys selection)
        where TIn : IStreamState => flow.Via(Flow.Single<AggregatedWindows, AggregatedWindows>(selection));
}
