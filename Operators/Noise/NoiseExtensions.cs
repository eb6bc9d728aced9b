using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Operators.Noise.Continual;
using AkkaPrivacy.Operators.Noise.TopKeys;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>Noise as a part of a graph.</summary>
public static class NoiseExtensions
{
    /// <summary>Adds exact discrete Laplace noise. See <see cref="Noise.LaplaceNoise"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The aggregates.</param>
    /// <param name="epsilon">What one release costs a subject that is in it.</param>
    /// <returns>Values that may be published.</returns>
    public static Source<ReleasedValues, TMat> LaplaceNoise<TMat>(this Source<AggregatedWindows, TMat> source, double epsilon) =>
        source.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new LaplaceNoise(epsilon)));

    /// <summary>Adds exact discrete Laplace noise. See <see cref="Noise.LaplaceNoise"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The aggregates.</param>
    /// <param name="epsilon">What one release costs a subject that is in it.</param>
    /// <returns>Values that may be published.</returns>
    public static Flow<TIn, ReleasedValues, TMat> LaplaceNoise<TIn, TMat>(this Flow<TIn, AggregatedWindows, TMat> flow, double epsilon)
        where TIn : IStreamState => flow.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new LaplaceNoise(epsilon)));

    /// <summary>Adds exact discrete Gaussian noise. See <see cref="Noise.GaussianNoise"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The aggregates.</param>
    /// <param name="rho">What one release costs a subject that is in it.</param>
    /// <returns>Values that may be published.</returns>
    public static Source<ReleasedValues, TMat> GaussianNoise<TMat>(this Source<AggregatedWindows, TMat> source, double rho) =>
        source.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new GaussianNoise(rho)));

    /// <summary>Adds exact discrete Gaussian noise. See <see cref="Noise.GaussianNoise"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The aggregates.</param>
    /// <param name="rho">What one release costs a subject that is in it.</param>
    /// <returns>Values that may be published.</returns>
    public static Flow<TIn, ReleasedValues, TMat> GaussianNoise<TIn, TMat>(this Flow<TIn, AggregatedWindows, TMat> flow, double rho)
        where TIn : IStreamState => flow.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new GaussianNoise(rho)));

    /// <summary>Adds exact discrete Gaussian noise. See <see cref="Noise.GaussianNoise"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The aggregates.</param>
    /// <param name="epsilon">What one release costs a subject that is in it.</param>
    /// <param name="delta">The probability with which it may cost more.</param>
    /// <returns>Values that may be published.</returns>
    public static Source<ReleasedValues, TMat> GaussianNoise<TMat>(this Source<AggregatedWindows, TMat> source, double epsilon, double delta) =>
        source.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new GaussianNoise(epsilon, delta)));

    /// <summary>Adds exact discrete Gaussian noise. See <see cref="Noise.GaussianNoise"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The aggregates.</param>
    /// <param name="epsilon">What one release costs a subject that is in it.</param>
    /// <param name="delta">The probability with which it may cost more.</param>
    /// <returns>Values that may be published.</returns>
    public static Flow<TIn, ReleasedValues, TMat> GaussianNoise<TIn, TMat>(this Flow<TIn, AggregatedWindows, TMat> flow, double epsilon, double delta)
        where TIn : IStreamState => flow.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new GaussianNoise(epsilon, delta)));

    /// <summary>Adds noise for running totals. See <see cref="Continual.ContinualNoise"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The aggregates.</param>
    /// <param name="rho">What all totals until the next start cost together.</param>
    /// <param name="strategy">How they share noise.</param>
    /// <returns>Values that may be published.</returns>
    public static Source<ReleasedValues, TMat> ContinualNoise<TMat>(this Source<AggregatedWindows, TMat> source, double rho, ContinualStrategy strategy = ContinualStrategy.Best) =>
        source.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new ContinualNoise(rho) { Strategy = strategy }));

    /// <summary>Adds noise for running totals. See <see cref="Continual.ContinualNoise"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The aggregates.</param>
    /// <param name="rho">What all totals until the next start cost together.</param>
    /// <param name="strategy">How they share noise.</param>
    /// <returns>Values that may be published.</returns>
    public static Flow<TIn, ReleasedValues, TMat> ContinualNoise<TIn, TMat>(this Flow<TIn, AggregatedWindows, TMat> flow, double rho, ContinualStrategy strategy = ContinualStrategy.Best)
        where TIn : IStreamState => flow.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new ContinualNoise(rho) { Strategy = strategy }));

    /// <summary>Adds noise for running totals. See <see cref="Continual.ContinualNoise"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The aggregates.</param>
    /// <param name="epsilon">What all totals until the next start cost together.</param>
    /// <param name="delta">The probability with which they may cost more.</param>
    /// <param name="strategy">How they share noise.</param>
    /// <returns>Values that may be published.</returns>
    public static Source<ReleasedValues, TMat> ContinualNoise<TMat>(
        this Source<AggregatedWindows, TMat> source, double epsilon, double delta, ContinualStrategy strategy = ContinualStrategy.Best) =>
        source.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new ContinualNoise(epsilon, delta) { Strategy = strategy }));

    /// <summary>Adds noise for running totals. See <see cref="Continual.ContinualNoise"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The aggregates.</param>
    /// <param name="epsilon">What all totals until the next start cost together.</param>
    /// <param name="delta">The probability with which they may cost more.</param>
    /// <param name="strategy">How they share noise.</param>
    /// <returns>Values that may be published.</returns>
    public static Flow<TIn, ReleasedValues, TMat> ContinualNoise<TIn, TMat>(
        this Flow<TIn, AggregatedWindows, TMat> flow, double epsilon, double delta, ContinualStrategy strategy = ContinualStrategy.Best)
        where TIn : IStreamState => flow.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new ContinualNoise(epsilon, delta) { Strategy = strategy }));

    /// <summary>Publishes the keys with the largest values. See <see cref="TopKeys.TopKeysNoise"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The aggregates, with <see cref="AggregateNode.Top"/> and known keys.</param>
    /// <param name="epsilon">What the choice of all keys of a window costs.</param>
    /// <param name="valuesEpsilon">What noise on their values costs beside it; null for keys alone.</param>
    /// <returns>Keys that may be published.</returns>
    public static Source<ReleasedValues, TMat> TopKeys<TMat>(this Source<AggregatedWindows, TMat> source, double epsilon, double? valuesEpsilon = null) =>
        source.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new TopKeysNoise(epsilon, valuesEpsilon)));

    /// <summary>Publishes the keys with the largest values. See <see cref="TopKeys.TopKeysNoise"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The aggregates, with <see cref="AggregateNode.Top"/> and known keys.</param>
    /// <param name="epsilon">What the choice of all keys of a window costs.</param>
    /// <param name="valuesEpsilon">What noise on their values costs beside it; null for keys alone.</param>
    /// <returns>Keys that may be published.</returns>
    public static Flow<TIn, ReleasedValues, TMat> TopKeys<TIn, TMat>(this Flow<TIn, AggregatedWindows, TMat> flow, double epsilon, double? valuesEpsilon = null)
        where TIn : IStreamState => flow.Via(Flow.Single<AggregatedWindows, ReleasedValues>(new TopKeysNoise(epsilon, valuesEpsilon)));
}
