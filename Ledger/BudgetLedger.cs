using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>
/// The budget ledger on the store port. An account's history is the stream <c>ledger/{account}</c>; its state is
/// folded from that stream by pure rules.
/// </summary>
/// <remarks>
/// A release is charged to its account and to every open ancestor of it, so that a tenant's budget bounds the sum of
/// its sites'. Figures are integers and sums are checked. Safe to use from several threads and with several stores;
/// several ledgers on one store, in one process or many, never overspend together.
/// </remarks>
/// <param name="time">The clock, for the instants that events and receipts carry; no rule depends on it.</param>
public sealed partial class BudgetLedger(TimeProvider time) : ILedger
{
    private readonly AccountHistory _history = new();

    /// <inheritdoc />
    /// <remarks>Ancestors are opened first: an account whose descendants were charged cannot know of those charges,
    /// so opening it is refused with <see cref="RefusalCode.PolicyMismatch"/>. So is a period that differs from an
    /// ancestor's or a descendant's. Opening again with the same policy changes nothing.</remarks>
    public ValueTask<Refusal?> OpenAsync(IStoreTransaction transaction, AccountPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(policy);
        return RequestRules.Check(policy) is { } malformed
            ? ValueTask.FromResult<Refusal?>(malformed)
            : GuardAsync(() => OpenWellFormedAsync(transaction, policy), refusal => refusal);
    }

    /// <inheritdoc />
    /// <remarks>A malformed request is refused even where its id exists. Nothing is written before
    /// <paramref name="draw"/> has returned, so an exception from it leaves the transaction as it was.</remarks>
    public ValueTask<ReleaseOutcome> ReleaseAsync(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(draw);
        return RequestRules.Check(request) is { } malformed
            ? ValueTask.FromResult(Refused(malformed))
            : GuardAsync(() => new ReleaseProtocol(_history, NowMs()).RunAsync(transaction, request, draw), Refused);
    }

    /// <summary>Adds to an account's budget for one period; the decision of a person, kept in the history.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="account">The account.</param>
    /// <param name="timeMs">Any instant of the period, milliseconds since the Unix epoch.</param>
    /// <param name="extra">What is added; larger than 0.</param>
    /// <param name="reason">Why and on whose word; 1 to 1000 characters, kept for ever, so it names no subject.</param>
    /// <returns>Null when it was granted, or why not.</returns>
    public ValueTask<Refusal?> GrantAsync(IStoreTransaction transaction, string account, long timeMs, PrivacyCost extra, string reason)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return RequestRules.CheckGrant(account, timeMs, extra, reason) is { } malformed
            ? ValueTask.FromResult<Refusal?>(malformed)
            : GuardAsync(
                async () =>
                {
                    if (await AccountPlace.StoreFaultAsync(transaction, account).ConfigureAwait(false) is { } elsewhere)
                    {
                        return elsewhere;
                    }

                    var snapshot = await _history.LoadToChangeAsync(transaction, account, timeMs).ConfigureAwait(false);
                    var decision = AccountDecider.Grant(snapshot.State, account, timeMs, extra, reason, NowMs());
                    return await ApplyAsync(transaction, account, snapshot, decision).ConfigureAwait(false);
                },
                refusal => refusal);
    }

    /// <inheritdoc />
    /// <exception cref="StoreException">With <see cref="StoreFailure.Corrupt"/> when the history cannot be read.</exception>
    public async ValueTask<AccountStatus?> StatusAsync(IStoreTransaction transaction, string account, long timeMs)
    {
        var state = await ReadAsync(transaction, account, timeMs).ConfigureAwait(false);
        return state.Policy is null ? null : state.Status(state.PeriodAt(timeMs).StartMs);
    }

    /// <inheritdoc />
    /// <exception cref="StoreException">With <see cref="StoreFailure.Corrupt"/> when the history cannot be read.</exception>
    public async ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStoreTransaction transaction, string account)
    {
        var state = await ReadAsync(transaction, account, long.MinValue).ConfigureAwait(false);
        return [.. state.Periods.Where(period => period.Value.Releases > 0).Select(period => state.Status(period.Key))];
    }

    /// <summary>The newest policies of all accounts, also closed ones, or of one account's descendants, in order of name.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="below">Only accounts below this one; null for all.</param>
    /// <returns>The policies.</returns>
    /// <exception cref="StoreException">With <see cref="StoreFailure.Corrupt"/> when a history cannot be read.</exception>
    public async ValueTask<IReadOnlyList<AccountPolicy>> AccountsAsync(IStoreTransaction transaction, string? below = null)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var policies = new List<AccountPolicy>();
        foreach (var account in await AccountDirectory.ListAsync(transaction, below).ConfigureAwait(false))
        {
            var state = await ReadAsync(transaction, account, long.MaxValue).ConfigureAwait(false);
            policies.Add(state.Policy ?? throw Corrupt($"Account '{account}' is listed but has no history."));
        }

        return policies;
    }

    internal static Refusal CorruptRefusal(LedgerCorruptException corrupt) =>
        new(RefusalCode.CorruptHistory, $"{corrupt.Message} Nothing is released from it until the store is restored from a backup.");

    private static ReleaseOutcome Refused(Refusal refusal) => new(null, false, refusal);

    private static StoreException Corrupt(string message, Exception? inner = null) =>
        new(StoreFailure.Corrupt, $"{message} Nothing was changed; restore a backup.", inner);

    // Whatever cannot be read ends in a refusal: the ledger fails closed.
    private static async ValueTask<T> GuardAsync<T>(Func<ValueTask<T>> work, Func<Refusal, T> refuse)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (LedgerCorruptException corrupt)
        {
            return refuse(CorruptRefusal(corrupt));
        }
    }

    private async ValueTask<Refusal?> OpenWellFormedAsync(IStoreTransaction transaction, AccountPolicy policy)
    {
        if (await AccountPlace.StoreFaultOfTreeAsync(transaction, policy.Account).ConfigureAwait(false) is { } elsewhere)
        {
            return elsewhere;
        }

        var snapshot = await _history.LoadAsync(transaction, policy.Account).ConfigureAwait(false);
        var decision = AccountDecider.Open(snapshot.State, policy, NowMs());
        if (decision.Event is null)
        {
            return decision.Refusal;
        }

        if (await RelativesFaultAsync(transaction, policy).ConfigureAwait(false) is { } fault)
        {
            return fault;
        }

        await AccountDirectory.AddAsync(transaction, policy.Account).ConfigureAwait(false);
        return await ApplyAsync(transaction, policy.Account, snapshot, decision).ConfigureAwait(false);
    }

    private async ValueTask<Refusal?> RelativesFaultAsync(IStoreTransaction transaction, AccountPolicy policy)
    {
        foreach (var name in RequestRules.Ancestors(policy.Account))
        {
            var ancestor = await _history.LoadAsync(transaction, name).ConfigureAwait(false);
            if (AccountDecider.AncestorFault(policy, ancestor.State) is { } fault)
            {
                return fault;
            }
        }

        foreach (var name in await AccountDirectory.ListAsync(transaction, policy.Account).ConfigureAwait(false))
        {
            var descendant = await _history.LoadAsync(transaction, name).ConfigureAwait(false);
            if (AccountDecider.DescendantFault(policy, descendant.State) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private async ValueTask<Refusal?> ApplyAsync(IStoreTransaction transaction, string account, AccountSnapshot snapshot, Decision decision)
    {
        if (decision.Event is { } happened)
        {
            await _history.AppendAsync(transaction, account, snapshot, happened).ConfigureAwait(false);
        }

        return decision.Refusal;
    }

    private async ValueTask<AccountState> ReadAsync(IStoreTransaction transaction, string account, long fromMs)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (RequestRules.AccountFault(account) is not null)
        {
            return AccountState.New;
        }

        try
        {
            return (await _history.LoadToChangeAsync(transaction, account, fromMs).ConfigureAwait(false)).State;
        }
        catch (LedgerCorruptException corrupt)
        {
            throw Corrupt(corrupt.Message, corrupt);
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
