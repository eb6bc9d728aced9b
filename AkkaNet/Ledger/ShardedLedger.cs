using System.Collections.Concurrent;
using Akka.Actor;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>
/// The ledger in a cluster: each account is one actor (<see cref="LedgerSharding"/>). Releases are settled there by
/// <see cref="PrepareAsync"/>; <see cref="ReleaseAsync"/> then puts the local copy, and its entry in the outbox, into the
/// caller's transaction.
/// </summary>
/// <remarks>A crash between the two loses nothing: the same id gets the stored release again, and the new draw is thrown
/// away. No answer means <see cref="RefusalCode.Unavailable"/>, never a release. Accounts with an open ancestor are
/// refused, since their charges would not be added up in it. Safe to use from several threads.</remarks>
/// <param name="region">The shard region or its proxy.</param>
/// <param name="options">Timeout, attempts and parallelism.</param>
public sealed class ShardedLedger(IActorRef region, LedgerShardingOptions options) : ILedger
{
    private readonly LedgerClient _client = new(region, options);
    private readonly ConcurrentDictionary<AccountPolicy, Refusal?> _opened = new();
    private readonly ConcurrentDictionary<(string Account, string Pipeline), IReadOnlyDictionary<ReleaseId, ReleaseOutcome>> _settled = new();

    /// <inheritdoc />
    /// <remarks>Requests are sent in order and up to <see cref="LedgerShardingOptions.Parallelism"/> at once. What was
    /// settled for an account and a pipeline is kept until it is prepared again.</remarks>
    public async ValueTask PrepareAsync(AccountPolicy policy, IReadOnlyList<LedgerRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(requests);
        var refusal = await OpenAsync(policy, cancellationToken).ConfigureAwait(false);
        if (requests.Count == 0)
        {
            return;
        }

        var outcomes = refusal is null
            ? await AskAsync(requests, cancellationToken).ConfigureAwait(false)
            : [.. requests.Select(_ => new ReleaseOutcome(null, false, refusal))];
        foreach (var batch in requests.Select((request, i) => (request.Release.Id, Outcome: outcomes[i])).GroupBy(item => (item.Id.Account, item.Id.Pipeline)))
        {
            var settled = new Dictionary<ReleaseId, ReleaseOutcome>();
            foreach (var (id, outcome) in batch)
            {
                settled[id] = outcome;
            }

            _settled[batch.Key] = settled;
        }
    }

    /// <inheritdoc />
    /// <remarks>Answers what <see cref="PrepareAsync"/> found, which must have been called with this policy, and marks the
    /// account in the store: the ledger on that store refuses it from then on. An account that was charged there is
    /// refused with <see cref="RefusalCode.KeptElsewhere"/>.</remarks>
    public async ValueTask<Refusal?> OpenAsync(IStoreTransaction transaction, AccountPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(policy);
        return (_opened.TryGetValue(policy, out var refusal) ? refusal : NotPrepared(policy.Account))
            ?? await AccountPlace.GiveToClusterAsync(transaction, policy.Account).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <remarks><paramref name="draw"/> is not called: the values were drawn by <see cref="PrepareAsync"/>.</remarks>
    public async ValueTask<ReleaseOutcome> ReleaseAsync(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(draw);
        if (RequestRules.Check(request) is { } malformed)
        {
            return new ReleaseOutcome(null, false, malformed);
        }

        if (await ReleaseReader.GetAsync(transaction, request.Id).ConfigureAwait(false) is { } stored)
        {
            return new ReleaseOutcome(stored, true, null);
        }

        if (await AccountPlace.GiveToClusterAsync(transaction, request.Id.Account).ConfigureAwait(false) is { } elsewhere)
        {
            return new ReleaseOutcome(null, false, elsewhere);
        }

        if (!_settled.TryGetValue((request.Id.Account, request.Id.Pipeline), out var settled) || !settled.TryGetValue(request.Id, out var outcome))
        {
            return new ReleaseOutcome(null, false, NotPrepared(request.Id.Account));
        }

        if (outcome.Release is { } release)
        {
            await ReleaseWriter.AddAsync(transaction, release).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <inheritdoc />
    /// <exception cref="StoreException">With <see cref="StoreFailure.Unavailable"/> when the account does not answer, and
    /// with <see cref="StoreFailure.Corrupt"/> when its history cannot be read.</exception>
    public async ValueTask<AccountStatus?> StatusAsync(IStoreTransaction transaction, string account, long timeMs)
    {
        if (RequestRules.AccountFault(account) is not null)
        {
            return null;
        }

        return Answer<StatusReply>(await _client.AskAsync(new AskStatus(account, timeMs), CancellationToken.None).ConfigureAwait(false)).Status;
    }

    /// <inheritdoc />
    /// <remarks>An account that starts takes its epoch in the store, and waits for the caller's transaction when that is the
    /// same store: prefer <see cref="HistoryAsync(IStore, string)"/>.</remarks>
    /// <exception cref="StoreException">With <see cref="StoreFailure.Unavailable"/> when the account does not answer, and
    /// with <see cref="StoreFailure.Corrupt"/> when its history cannot be read.</exception>
    public ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStoreTransaction transaction, string account) => HistoryAsync(account);

    /// <inheritdoc />
    /// <exception cref="StoreException">With <see cref="StoreFailure.Unavailable"/> when the account does not answer, and
    /// with <see cref="StoreFailure.Corrupt"/> when its history cannot be read.</exception>
    public ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStore store, string account) => HistoryAsync(account);

    /// <summary>Adds to an account's budget for one period; the decision of a person, kept in the history. Asked once: a
    /// grant that got no answer may have been stored, so read the status before granting again.</summary>
    /// <param name="account">The account.</param>
    /// <param name="timeMs">Any instant of the period, milliseconds since the Unix epoch.</param>
    /// <param name="extra">What is added; larger than 0.</param>
    /// <param name="reason">Why and on whose word; 1 to 1000 characters, kept for ever, so it names no subject.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Null when it was granted, or why not.</returns>
    public async ValueTask<Refusal?> GrantAsync(string account, long timeMs, PrivacyCost extra, string reason, CancellationToken cancellationToken = default) =>
        RequestRules.CheckGrant(account, timeMs, extra, reason)
        ?? (await _client.AskOnceAsync(new GrantBudget(account, timeMs, extra, reason), cancellationToken).ConfigureAwait(false) as Refused)?.Refusal;

    private async ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(string account)
    {
        if (RequestRules.AccountFault(account) is not null)
        {
            return [];
        }

        return Answer<HistoryReply>(await _client.AskAsync(new AskHistory(account), CancellationToken.None).ConfigureAwait(false)).Periods;
    }

    private static Refusal NotPrepared(string account) => new(
        RefusalCode.Unavailable, $"Account '{account}' was not asked before the transaction, and is not asked inside of one. It will be asked at the next start.");

    private static T Answer<T>(ILedgerReply reply)
        where T : ILedgerReply => reply switch
        {
            T answer => answer,
            Refused { Refusal: { Code: RefusalCode.CorruptHistory } corrupt } => throw new StoreException(StoreFailure.Corrupt, corrupt.Message),
            Refused { Refusal: { } refusal } => throw new StoreException(StoreFailure.Unavailable, refusal.Message),
            _ => throw new StoreException(StoreFailure.Unavailable, $"The ledger answered with an unexpected '{reply.GetType().Name}'."),
        };

    private async ValueTask<Refusal?> OpenAsync(AccountPolicy policy, CancellationToken cancellationToken)
    {
        if (_opened.TryGetValue(policy, out var known) && known is null)
        {
            return null;
        }

        var refusal = RequestRules.Check(policy) ?? await OpenWellFormedAsync(policy, cancellationToken).ConfigureAwait(false);
        _opened[policy] = refusal;
        return refusal;
    }

    // Ancestors are marked first, so that none of them is opened later.
    private async ValueTask<Refusal?> OpenWellFormedAsync(AccountPolicy policy, CancellationToken cancellationToken)
    {
        var marks = RequestRules.Ancestors(policy.Account).Select(ancestor => (ILedgerCommand)new MarkBelow(ancestor, policy.Account));
        foreach (var command in marks.Append(new OpenAccount(policy)))
        {
            if (await _client.AskAsync(command, cancellationToken).ConfigureAwait(false) is Refused { Refusal: { } refusal })
            {
                return refusal;
            }
        }

        return null;
    }

    private async ValueTask<ReleaseOutcome[]> AskAsync(IReadOnlyList<LedgerRequest> requests, CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(options.Parallelism);
        var asked = new List<Task<ReleaseOutcome>>(requests.Count);
        foreach (var request in requests)
        {
            await gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            asked.Add(AskAsync(request, gate, cancellationToken));
        }

        return await Task.WhenAll(asked).ConfigureAwait(false);
    }

    private async Task<ReleaseOutcome> AskAsync(LedgerRequest request, SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        try
        {
            if (RequestRules.Check(request.Release) is { } malformed)
            {
                return new ReleaseOutcome(null, false, malformed);
            }

            var ask = new AskRelease(request.Release, ReleaseWriter.Check(request.Draw()));
            return await _client.AskAsync(ask, cancellationToken).ConfigureAwait(false) switch
            {
                Released released when released.Release.Id == request.Release.Id => new ReleaseOutcome(released.Release, released.Replayed, null),
                Refused refused => new ReleaseOutcome(null, false, refused.Refusal),
                _ => new ReleaseOutcome(null, false, new Refusal(RefusalCode.Unavailable, $"Account '{ask.Account}' answered something else than was asked.")),
            };
        }
        finally
        {
            gate.Release();
        }
    }
}
