using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Operators.Dedup;

/// <summary>Deduplication as a part of a graph.</summary>
public static class DedupExtensions
{
    /// <summary>Lets each event of a subject pass once. See <see cref="DedupOperator"/>.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="subject">The field whose token names the subject.</param>
    /// <param name="id">The field with the event's id.</param>
    /// <param name="horizon">How far apart in event time two rows of one event may be: 0 to 366 days.</param>
    /// <param name="maxIds">How many ids each lane remembers at most. Default: 1,000,000.</param>
    /// <returns>The rows without repetitions.</returns>
    public static Source<TokenizedRows, TMat> Dedup<TMat>(
        this Source<TokenizedRows, TMat> source, string subject, string id, TimeSpan horizon, int maxIds = DedupOperator.DefaultMaxIds) =>
        source.Via(Flow.FromOperator(new DedupOperator(subject, id, horizon) { MaxIds = maxIds }));

    /// <summary>Lets each event of a subject pass once. See <see cref="DedupOperator"/>.</summary>
    /// <typeparam name="TIn">What flows in.</typeparam>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="flow">The rows.</param>
    /// <param name="subject">The field whose token names the subject.</param>
    /// <param name="id">The field with the event's id.</param>
    /// <param name="horizon">How far apart in event time two rows of one event may be: 0 to 366 days.</param>
    /// <param name="maxIds">How many ids each lane remembers at most. Default: 1,000,000.</param>
    /// <returns>The rows without repetitions.</returns>
    public static Flow<TIn, TokenizedRows, TMat> Dedup<TIn, TMat>(
        this Flow<TIn, TokenizedRows, TMat> flow, string subject, string id, TimeSpan horizon, int maxIds = DedupOperator.DefaultMaxIds)
        where TIn : IStreamState => flow.Via(Flow.FromOperator(new DedupOperator(subject, id, horizon) { MaxIds = maxIds }));
}
