using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>Row operators of one's own as a part of a graph.</summary>
public static class MapExtensions
{
    /// <summary>Appends a row operator: one of <see cref="MapRows.Map"/> or one's own.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="rowOperator">The operator; its plan declares its stability.</param>
    /// <returns>The rows that it passes on.</returns>
    public static Source<TokenizedRows, TMat> Map<TMat>(this Source<TokenizedRows, TMat> source, RowOperator rowOperator) =>
        source.Via(Flow.FromOperator(rowOperator));

    /// <summary>Appends a row operator: one of <see cref="MapRows.Map"/> or one's own.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The rows.</param>
    /// <param name="rowOperator">The operator; its plan declares its stability.</param>
    /// <returns>The rows that it passes on.</returns>
    public static Flow<TIn, TokenizedRows, TMat> Map<TIn, TMat>(this Flow<TIn, TokenizedRows, TMat> flow, RowOperator rowOperator)
        where TIn : IStreamState => flow.Via(Flow.FromOperator(rowOperator));
}
