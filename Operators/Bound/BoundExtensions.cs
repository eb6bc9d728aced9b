using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>Contribution bounds as a part of a graph.</summary>
public static class BoundExtensions
{
    /// <summary>Limits what each subject contributes. See <see cref="BoundNode"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="bound">Subject, group-by fields and bounds.</param>
    /// <returns>The bounded rows; a window follows.</returns>
    public static Source<BoundedRows, TMat> Bound<TMat>(this Source<TokenizedRows, TMat> source, Bound bound) =>
        source.Via(Flow.Single<TokenizedRows, BoundedRows>(bound));

    /// <summary>Limits what each subject contributes. See <see cref="BoundNode"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The rows.</param>
    /// <param name="bound">Subject, group-by fields and bounds.</param>
    /// <returns>The bounded rows; a window follows.</returns>
    public static Flow<TIn, BoundedRows, TMat> Bound<TIn, TMat>(this Flow<TIn, TokenizedRows, TMat> flow, Bound bound)
        where TIn : IStreamState => flow.Via(Flow.Single<TokenizedRows, BoundedRows>(bound));
}
