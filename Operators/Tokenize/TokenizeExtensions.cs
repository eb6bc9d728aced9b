using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>The data map's treatments as a part of a graph.</summary>
public static class TokenizeExtensions
{
    /// <summary>Applies every treatment of the data map that the rows were parsed with: identifiers become tokens, others are
    /// generalised or dropped. Behind it no column holds an identifier in the clear.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <returns>The rows without raw identifiers.</returns>
    public static Source<TokenizedRows, TMat> Tokenize<TMat>(this Source<RawRows, TMat> source) =>
        source.Via(Flow.Single<RawRows, TokenizedRows>(new TreatmentNode()));
}
