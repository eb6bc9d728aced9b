using System.Threading.Channels;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.GroupCommit;

/// <summary>
/// The ledger for many callers at once: releases that wait together are decided and stored in one transaction, so that
/// they share what a durable commit costs.
/// </summary>
/// <remarks>
/// <para>Each request has its own answer. One that is refused, or whose draw throws, leaves the others of its group as they
/// are; requests on one account, or on accounts of one tree, are decided in the order in which they came, each on what
/// those before it left. What a request leads to is the same as with <see cref="BudgetLedger"/>, and both may be used on one
/// store at a time, in one process or many.</para>
/// <para>A group begins when the transaction before it has ended, with all that wait then, up to
/// <see cref="GroupCommitOptions.MaxGroup"/>: nobody waits for a group to become full. A failure of the store fails the whole
/// group, and each caller gets its code; asking again with the same id is safe, also after
/// <see cref="StoreFailure.CommitUnknown"/>. Where a damaged row or event is met, the group's requests are repeated one by
/// one, so that only those fail that need it.</para>
/// <para>Draws run on a thread of the ledger's, one at a time: they are short and call neither this ledger nor the store. What
/// was drawn for a group that is not stored is forgotten and shown to nobody. Safe to use from several threads.</para>
/// </remarks>
public sealed class GroupCommitLedger : ILedger, IAsyncDisposable
{
    private readonly IStore _store;
    private readonly TimeProvider _time;
    private readonly GroupCommitOptions _options;
    private readonly BudgetLedger _ledger;
    private readonly AccountHistory _history = new();
    private readonly Channel<WaitingRequest> _waiting;
    private readonly PreparedReleases _prepared = new();
    private readonly Task _loop;

    /// <summary>A ledger on a store, ready to be asked.</summary>
    /// <param name="store">The store; it stays the caller's and is disposed of after this ledger.</param>
    /// <param name="time">The clock, for the instants that events and receipts carry; no rule depends on it.</param>
    /// <param name="options">How to group and wait; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public GroupCommitLedger(IStore store, TimeProvider time, GroupCommitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(time);
        _options = options ?? new GroupCommitOptions();
        _options.Validate();
        (_store, _time, _ledger) = (store, time, new BudgetLedger(time));
        _waiting = Channel.CreateBounded<WaitingRequest>(new BoundedChannelOptions(_options.MaxWaiting) { SingleReader = true });

        // The loop belongs to nobody's transaction, also when this ledger is made inside of one.
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(LoopAsync);
        }
    }

    /// <summary>Asks for a release in a group of its own making, as <see cref="ILedger"/> describes it.</summary>
    /// <remarks>Not to be called inside of a transaction of the same store: it would wait for its own end. Where the request
    /// has a <see cref="ReleaseRequest.Fence"/>, an owner that was superseded is refused with
    /// <see cref="RefusalCode.SupersededOwner"/>, also for a release that exists.</remarks>
    /// <param name="request">Id, composition group, cost and the epoch of who asks.</param>
    /// <param name="draw">Draws the noised values; called at most once, and only after the charge was accepted.</param>
    /// <param name="cancellationToken">Withdraws a request that still waits; once its group has begun it is answered.</param>
    /// <returns>The stored release, after the commit, or a refusal.</returns>
    /// <exception cref="StoreException">The transaction of the group failed.</exception>
    /// <exception cref="ObjectDisposedException">The ledger was disposed of before the request came to wait.</exception>
    /// <exception cref="OperationCanceledException">The request was withdrawn; nothing of it is stored.</exception>
    public async ValueTask<ReleaseOutcome> ReleaseAsync(ReleaseRequest request, Func<DrawnValues> draw, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(draw);
        if (RequestRules.Check(request) is { } malformed)
        {
            return new ReleaseOutcome(null, false, malformed);
        }

        if (request.Fence is { } fence)
        {
            StoreNames.CheckName(fence.Resource);
        }

        var waiting = new WaitingRequest(request, draw);
        try
        {
            await _waiting.Writer.WriteAsync(waiting, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(GroupCommitLedger));
        }

        using var withdrawal = cancellationToken.UnsafeRegister(static (state, token) => ((WaitingRequest)state!).Withdraw(token), waiting);
        return await waiting.Answer.ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <remarks>Opens the account and asks for all requests at once, in groups with those of other callers. The calls that
    /// follow inside of the caller's transaction find what was stored here; what was refused is decided again there.</remarks>
    public async ValueTask PrepareAsync(AccountPolicy policy, IReadOnlyList<LedgerRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(requests);
        if (requests.Count == 0 || await _store.TransactAsync(transaction => _ledger.OpenAsync(transaction, policy), cancellationToken).ConfigureAwait(false) is not null)
        {
            return;
        }

        var outcomes = await Task.WhenAll(requests.Select(asked => ReleaseAsync(asked.Release, asked.Draw, cancellationToken).AsTask())).ConfigureAwait(false);
        _prepared.Add(outcomes);
    }

    /// <inheritdoc />
    public ValueTask<Refusal?> OpenAsync(IStoreTransaction transaction, AccountPolicy policy) => _ledger.OpenAsync(transaction, policy);

    /// <inheritdoc />
    /// <remarks>In the caller's own transaction, so in no group; a release that was prepared is found there.</remarks>
    public async ValueTask<ReleaseOutcome> ReleaseAsync(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw) =>
        _prepared.Take(await _ledger.ReleaseAsync(transaction, request, draw).ConfigureAwait(false));

    /// <inheritdoc />
    public ValueTask<AccountStatus?> StatusAsync(IStoreTransaction transaction, string account, long timeMs) => _ledger.StatusAsync(transaction, account, timeMs);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStoreTransaction transaction, string account) => _ledger.HistoryAsync(transaction, account);

    /// <summary>Takes no more requests, answers those that wait, and ends.</summary>
    /// <returns>A task that ends when all are answered.</returns>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task LoopAsync()
    {
        var storing = Task.FromResult(true);
        var more = _waiting.Reader.WaitToReadAsync().AsTask();
        while (await more.ConfigureAwait(false))
        {
            // While a group is being stored the next one is decided, and it is cut when that is done.
            var group = new ReleaseGroup(_history, NowMs());
            do
            {
                Take(group);
                more = _waiting.Reader.WaitToReadAsync().AsTask();
                await Task.WhenAny(storing, more).ConfigureAwait(false);
            }
            while (!storing.IsCompleted && group.Requests.Count < _options.MaxGroup && more.Result);

            group = await storing.ConfigureAwait(false) ? group : group.Again();
            if (group.Requests.Count > 0)
            {
                group.Keep();
                storing = Task.Run(() => AnswerAsync(group));
            }
        }

        await storing.ConfigureAwait(false);
    }

    private void Take(ReleaseGroup group)
    {
        while (group.Requests.Count < _options.MaxGroup && _waiting.Reader.TryRead(out var next))
        {
            if (next.TryTake())
            {
                group.Add(next);
            }
        }
    }

    // False where the group was not stored as it was decided ahead, so that the next one was decided on what is not so.
    private async Task<bool> AnswerAsync(ReleaseGroup group)
    {
        if (await TryStoreAsync(group).ConfigureAwait(false) is not { } failure)
        {
            return group.IsAsDecidedAhead;
        }

        foreach (var waiting in group.Requests)
        {
            if (group.Requests.Count > 1 && failure is StoreException { Failure: StoreFailure.Corrupt })
            {
                var alone = new ReleaseGroup(_history, NowMs());
                alone.AddUndecided(waiting);
                await AnswerAsync(alone).ConfigureAwait(false);
            }
            else
            {
                waiting.Fail(failure);
            }
        }

        return false;
    }

    private async Task<Exception?> TryStoreAsync(ReleaseGroup group)
    {
        try
        {
            await _store.TransactAsync(group.RunAsync).ConfigureAwait(false);
            group.Keep();
        }
        catch (Exception failure)
        {
            // Whatever it is, each caller gets it.
            group.Forget();
            return failure;
        }

        foreach (var waiting in group.Requests)
        {
            waiting.Complete();
        }

        return null;
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
