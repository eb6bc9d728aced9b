using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <content>What people decide about an account, kept in its history with their reason.</content>
public sealed partial class BudgetLedger
{
    /// <summary>Closes an account for good: it takes no charge, grant, transfer or policy any more. Its history and its
    /// releases stay readable, and a pipeline that names it still publishes what was released.</summary>
    /// <remarks>Accounts below it are closed first. Closing a closed account changes nothing.</remarks>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="account">The account.</param>
    /// <param name="reason">Why and on whose word; 1 to 1000 characters, kept for ever, so it names no subject.</param>
    /// <returns>Null when it is closed, or why not.</returns>
    public ValueTask<Refusal?> CloseAsync(IStoreTransaction transaction, string account, string reason)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return RequestRules.CheckClose(account, reason) is { } malformed
            ? ValueTask.FromResult<Refusal?>(malformed)
            : GuardAsync(() => CloseWellFormedAsync(transaction, account, reason), refusal => refusal);
    }

    /// <summary>Moves budget of one period that is not spent from one account to another of the same measure and period.
    /// Both hold an event that names the other's.</summary>
    /// <remarks>Nothing that was spent is moved, and neither account's ancestors are: a tree's charges are bounded by each
    /// of its accounts as before. Refused whole or done whole.</remarks>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="from">The account that has it.</param>
    /// <param name="to">The account that gets it.</param>
    /// <param name="timeMs">Any instant of the period, milliseconds since the Unix epoch.</param>
    /// <param name="amount">How much, in the accounts' measure; larger than 0.</param>
    /// <param name="reason">Why and on whose word; 1 to 1000 characters, kept for ever, so it names no subject.</param>
    /// <returns>The receipt, or why nothing was moved.</returns>
    public ValueTask<TransferOutcome> TransferAsync(IStoreTransaction transaction, string from, string to, long timeMs, PrivacyCost amount, string reason)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return RequestRules.CheckTransfer(from, to, timeMs, amount, reason) is { } malformed
            ? ValueTask.FromResult(new TransferOutcome(null, malformed))
            : GuardAsync(() => TransferWellFormedAsync(transaction, from, to, new Transfer(timeMs, amount, reason, NowMs())), refusal => new TransferOutcome(null, refusal));
    }

    /// <summary>Sets the budget, and the length, of an account's periods from one on.</summary>
    /// <remarks>It replaces whatever was set for later periods. A budget is never put below what a period has spent. The
    /// length changes only where a period of either length begins, where nothing was charged, granted or transferred from
    /// there on, and in an account without others above or below it. The measure never changes. Pipelines may name any
    /// policy that holds in some period. Setting what holds already changes nothing.</remarks>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="policy">What is to hold.</param>
    /// <param name="fromMs">Any instant of the first period, milliseconds since the Unix epoch.</param>
    /// <param name="reason">Why and on whose word; 1 to 1000 characters, kept for ever, so it names no subject.</param>
    /// <returns>Null when it holds, or why not.</returns>
    public ValueTask<Refusal?> SetPolicyAsync(IStoreTransaction transaction, AccountPolicy policy, long fromMs, string reason)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(policy);
        return RequestRules.CheckPolicy(policy, fromMs, reason) is { } malformed
            ? ValueTask.FromResult<Refusal?>(malformed)
            : GuardAsync(() => SetWellFormedAsync(transaction, policy, fromMs, reason), refusal => refusal);
    }

    private async ValueTask<Refusal?> CloseWellFormedAsync(IStoreTransaction transaction, string account, string reason)
    {
        if (await AccountPlace.StoreFaultAsync(transaction, account).ConfigureAwait(false) is { } elsewhere)
        {
            return elsewhere;
        }

        var snapshot = await _history.LoadAsync(transaction, account).ConfigureAwait(false);
        var decision = AccountDecider.Close(snapshot.State, account, reason, NowMs());
        if (decision.Event is not null)
        {
            foreach (var name in await AccountDirectory.ListAsync(transaction, account).ConfigureAwait(false))
            {
                var descendant = await _history.LoadAsync(transaction, name).ConfigureAwait(false);
                if (AccountDecider.OpenDescendantFault(account, descendant.State) is { } open)
                {
                    return open;
                }
            }
        }

        return await ApplyAsync(transaction, account, snapshot, decision).ConfigureAwait(false);
    }

    private async ValueTask<TransferOutcome> TransferWellFormedAsync(IStoreTransaction transaction, string from, string to, Transfer move)
    {
        if (await AccountPlace.StoreFaultAsync(transaction, from).ConfigureAwait(false) is { } elsewhere)
        {
            return new TransferOutcome(null, elsewhere);
        }

        if (await AccountPlace.StoreFaultAsync(transaction, to).ConfigureAwait(false) is { } gone)
        {
            return new TransferOutcome(null, gone);
        }

        var source = await _history.LoadToChangeAsync(transaction, from, move.TimeMs).ConfigureAwait(false);
        var target = await _history.LoadToChangeAsync(transaction, to, move.TimeMs).ConfigureAwait(false);
        var (sourceSide, targetSide) = (new TransferSide(from, source.Version + 1), new TransferSide(to, target.Version + 1));
        var taken = AccountDecider.TransferOut(source.State, from, targetSide, move);
        var given = AccountDecider.TransferIn(target.State, to, sourceSide, move);
        Refusal?[] refusals = [taken.Refusal, given.Refusal, AccountDecider.TransferFault(source.State, target.State, move)];
        if (refusals.OfType<Refusal>().MinBy(refusal => refusal.Code) is { } refusal)
        {
            return new TransferOutcome(null, refusal);
        }

        await _history.AppendAsync(transaction, from, source, taken.Event!).ConfigureAwait(false);
        await _history.AppendAsync(transaction, to, target, given.Event!).ConfigureAwait(false);
        return new TransferOutcome(new TransferReceipt(source.State.PeriodAt(move.TimeMs).StartMs, move.Amount, sourceSide, targetSide), null);
    }

    private async ValueTask<Refusal?> SetWellFormedAsync(IStoreTransaction transaction, AccountPolicy policy, long fromMs, string reason)
    {
        if (await AccountPlace.StoreFaultAsync(transaction, policy.Account).ConfigureAwait(false) is { } elsewhere)
        {
            return elsewhere;
        }

        var snapshot = await _history.LoadToChangeAsync(transaction, policy.Account, fromMs).ConfigureAwait(false);
        var decision = AccountDecider.SetPolicy(
            snapshot.State, policy, fromMs, await HasRelativesAsync(transaction, policy.Account).ConfigureAwait(false), reason, NowMs());
        return await ApplyAsync(transaction, policy.Account, snapshot, decision).ConfigureAwait(false);
    }

    private async ValueTask<bool> HasRelativesAsync(IStoreTransaction transaction, string account)
    {
        foreach (var name in RequestRules.Ancestors(account))
        {
            if ((await _history.LoadAsync(transaction, name).ConfigureAwait(false)).State.Policy is not null)
            {
                return true;
            }
        }

        return (await AccountDirectory.ListAsync(transaction, account).ConfigureAwait(false)).Count > 0;
    }
}
