using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <content>
/// The rules by which people change an account.
/// <para>
/// Why an ancestor is never overspent. Let spent(a, p) be what account a is charged in its period p, and budget(a, p) what
/// is given, granted and moved to it. Two things hold after every event. (1) spent(a, p) is at most budget(a, p): a charge
/// is refused that breaks it, in any account of the tree, before anything is appended; a grant and a transfer in raise the
/// budget; a transfer out and a policy are refused that would put the budget below what is spent; closing changes no
/// figure. (2) What a descendant is charged, a is charged: all open ancestors are charged in one transaction, none is
/// opened above charges, and none is closed above an account that can still be charged. Groups of different accounts add
/// up in a. So the charges of all accounts below a, and its own, together are spent(a, p), which (1) bounds, whatever is
/// moved between accounts in the tree or out of it.
/// </para>
/// </content>
internal static partial class AccountDecider
{
    /// <summary>Closes the account. That none below it is open is the caller's to check (<see cref="OpenDescendantFault"/>).</summary>
    public static Decision Close(AccountState state, string account, string reason, long atMs) => state switch
    {
        { Policy: null } => Unknown(account, "closing it"),
        { IsClosed: true } => Decision.Nothing,
        _ => Decision.Happens(new AccountWasClosed(reason, atMs)),
    };

    /// <summary>Why an account cannot be closed above one, or null.</summary>
    public static Refusal? OpenDescendantFault(string account, AccountState descendant) => descendant is { Policy: { } below, IsClosed: false }
        ? new Refusal(
            RefusalCode.DescendantsOpen,
            $"Account '{account}' cannot be closed: '{below.Account}' below it is open, and its charges are counted here. Close the accounts below first.")
        : null;

    /// <summary>Sets budget and length of the periods from the one on that holds an instant.</summary>
    /// <param name="state">The account.</param>
    /// <param name="policy">What is to hold; the measure is that of the account.</param>
    /// <param name="fromMs">The instant.</param>
    /// <param name="hasRelatives">Whether there are accounts above or below; those of a tree share their period.</param>
    /// <param name="reason">Why.</param>
    /// <param name="atMs">Now.</param>
    public static Decision SetPolicy(AccountState state, AccountPolicy policy, long fromMs, bool hasRelatives, string reason, long atMs)
    {
        var account = policy.Account;
        if (state.Policy is not { } existing)
        {
            return Unknown(account, "setting another");
        }

        if (state.IsClosed)
        {
            return Closed(account);
        }

        var from = state.PeriodAt(fromMs).StartMs;
        var terms = new AccountTerms(Units.Of(policy.BudgetPerPeriod), (long)policy.Period.TotalMilliseconds);
        if (LengthFault(state, state.With(from, state.TermsAt(from) with { PeriodMs = terms.PeriodMs }), from, hasRelatives) is { } length)
        {
            return new Decision(null, new Refusal(RefusalCode.PolicyMismatch, $"Account '{account}': {length}"));
        }

        if (existing.Measure != policy.Measure)
        {
            return Decision.Refused(
                RefusalCode.MeasureMismatch,
                $"Account '{account}' counts in measure {PrivacyMeasureNames.ToName(existing.Measure)} for good, not in {PrivacyMeasureNames.ToName(policy.Measure)}. Open an account of another name, and close this one.");
        }

        return BudgetFault(state.With(from, terms), account, from) is { } budget
            ? new Decision(null, budget)
            : state.TermsAt(from) == terms && !state.Terms.Keys.Any(later => later > from)
                ? Decision.Nothing
                : Decision.Happens(new PolicySet(from, terms, reason, atMs));
    }

    /// <summary>Takes budget of one period out of the account.</summary>
    /// <param name="state">The account.</param>
    /// <param name="account">Its name.</param>
    /// <param name="other">The account that gets it.</param>
    /// <param name="move">What is moved.</param>
    public static Decision TransferOut(AccountState state, string account, TransferSide other, Transfer move)
    {
        if (SideFault(state, account, move) is { } fault)
        {
            return new Decision(null, fault);
        }

        var start = state.PeriodAt(move.TimeMs).StartMs;
        var (budget, spent, amount) = (state.BudgetOf(start), state.Period(start).Spent, Units.Of(move.Amount));
        var left = budget - spent;
        return amount.FitsIn(left)
            ? Decision.Happens(new BudgetTransferredOut(start, amount, other.Account, other.Version, move.Reason, move.AtMs))
            : Decision.Refused(
                RefusalCode.BudgetExceeded,
                $"Account '{account}', period {state.PeriodAt(start)}: {move.Amount} was to be transferred, and {left.ToCost(move.Amount.Measure)} is left. What was spent cannot be moved; transfer less.");
    }

    /// <summary>Puts budget of one period into the account.</summary>
    /// <param name="state">The account.</param>
    /// <param name="account">Its name.</param>
    /// <param name="other">The account that had it.</param>
    /// <param name="move">What is moved.</param>
    public static Decision TransferIn(AccountState state, string account, TransferSide other, Transfer move)
    {
        if (SideFault(state, account, move) is { } fault)
        {
            return new Decision(null, fault);
        }

        var start = state.PeriodAt(move.TimeMs).StartMs;
        return TryAdd(state.BudgetOf(start), Units.Of(move.Amount)) is { AttoDelta: <= PrivacyCost.UnitsPerDelta }
            ? Decision.Happens(new BudgetTransferredIn(start, Units.Of(move.Amount), other.Account, other.Version, move.Reason, move.AtMs))
            : Decision.Refused(RefusalCode.MalformedRequest, $"Account '{account}': a transfer of {move.Amount} makes the period's budget larger than can be counted.");
    }

    /// <summary>Why budget cannot be moved between two open accounts, or null: their periods differ.</summary>
    public static Refusal? TransferFault(AccountState from, AccountState to, Transfer move) =>
        from.Policy is null || to.Policy is null || from.PeriodAt(move.TimeMs) == to.PeriodAt(move.TimeMs)
            ? null
            : new Refusal(
                RefusalCode.PolicyMismatch,
                $"Budget cannot be transferred from account '{from.Policy.Account}', whose period is {from.PeriodAt(move.TimeMs)}, to '{to.Policy.Account}', whose is {to.PeriodAt(move.TimeMs)}: it stays in its period.");

    private static Refusal? SideFault(AccountState state, string account, Transfer move) =>
        state.Policy is not { } policy ? Unknown(account, "transferring").Refusal
        : state.IsClosed ? Closed(account).Refusal
        : policy.Measure == move.Amount.Measure ? null
        : new Refusal(
            RefusalCode.MeasureMismatch,
            $"Account '{account}' counts in measure {PrivacyMeasureNames.ToName(policy.Measure)}; a transfer of {move.Amount} is in another. Only accounts of one measure can transfer to each other.");

    private static string? LengthFault(AccountState before, AccountState after, long from, bool hasRelatives)
    {
        if (before.PeriodsFrom(from).Any(period => before.PeriodAt(period.Key) != after.PeriodAt(period.Key)))
        {
            return $"the length of its periods cannot change from {before.PeriodAt(from)} on, where periods were charged, granted or transferred. Name a later instant, after the last of them.";
        }

        if (after.TermsAt(from).PeriodMs == before.TermsAt(from).PeriodMs)
        {
            return null;
        }

        return hasRelatives ? "it has accounts above or below, and accounts of one tree share their period. Open a tree of another name."
            : after.PeriodAt(from).StartMs != from ? $"no period of {after.Policy!.Period} begins where {before.PeriodAt(from)} does. Name an instant where a period of either length begins."
            : null;
    }

    private static Refusal? BudgetFault(AccountState after, string account, long from)
    {
        foreach (var (start, period) in after.PeriodsFrom(from))
        {
            if (TryBudget(after, start) is not { AttoDelta: <= PrivacyCost.UnitsPerDelta } budget)
            {
                return new Refusal(RefusalCode.MalformedRequest, $"Account '{account}', period {after.PeriodAt(start)}: with what was granted the budget is larger than can be counted.");
            }

            if (!period.Spent.FitsIn(budget))
            {
                var measure = after.Policy!.Measure;
                return new Refusal(
                    RefusalCode.BudgetExceeded,
                    $"Account '{account}', period {after.PeriodAt(start)}: {period.Spent.ToCost(measure)} is spent or was transferred away, more than the budget would be. Name a later instant, or a larger budget.");
            }
        }

        return null;
    }

    private static Units? TryBudget(AccountState state, long start)
    {
        try
        {
            return state.BudgetOf(start);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static Decision Unknown(string account, string doing) =>
        Decision.Refused(RefusalCode.UnknownAccount, $"Account '{account}' is not open. Open it with its policy before {doing}.");

    private static Decision Closed(string account) =>
        Decision.Refused(RefusalCode.AccountClosed, $"Account '{account}' is closed: it takes no charge, grant, transfer or policy any more. What it released stays readable; take an account of another name.");
}
