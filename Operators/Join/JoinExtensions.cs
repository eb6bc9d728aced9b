using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Operators.Enrich;

namespace AkkaPrivacy.Operators.Join;

/// <summary>Joins with tables that change slowly as a part of a graph.</summary>
public static class JoinExtensions
{
    /// <summary>Adds columns of a table with versions, and applies their treatments.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="join">The join.</param>
    /// <returns>The longer rows.</returns>
    public static Source<TokenizedRows, TMat> Join<TMat>(this Source<TokenizedRows, TMat> source, JoinOperator join) =>
        source.Via(EnrichExtensions.Chain(EnrichExtensions.WithTreatments(join, join.Table)));

    /// <summary>Adds columns of a table with versions, and applies their treatments.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The rows.</param>
    /// <param name="join">The join.</param>
    /// <returns>The longer rows.</returns>
    public static Flow<TIn, TokenizedRows, TMat> Join<TIn, TMat>(this Flow<TIn, TokenizedRows, TMat> flow, JoinOperator join)
        where TIn : IStreamState => flow.Via(EnrichExtensions.Chain(EnrichExtensions.WithTreatments(join, join.Table)));
}
