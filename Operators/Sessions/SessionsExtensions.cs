using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Sessions;

/// <summary>Sessions as a part of a graph.</summary>
public static class SessionsExtensions
{
    /// <summary>Makes one row of each session. See <see cref="SessionsOperator"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="sessions">Subject, gap, longest session and the values to keep.</param>
    /// <returns>The sessions.</returns>
    public static Source<TokenizedRows, TMat> Sessions<TMat>(this Source<TokenizedRows, TMat> source, SessionsOperator sessions) =>
        source.Via(Flow.FromOperator(sessions));

    /// <summary>Makes one row of each session. See <see cref="SessionsOperator"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The rows.</param>
    /// <param name="sessions">Subject, gap, longest session and the values to keep.</param>
    /// <returns>The sessions.</returns>
    public static Flow<TIn, TokenizedRows, TMat> Sessions<TIn, TMat>(this Flow<TIn, TokenizedRows, TMat> flow, SessionsOperator sessions)
        where TIn : IStreamState => flow.Via(Flow.FromOperator(sessions));
}
