using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger;

/// <summary>
/// The rules of an account, pure: a state and a command give an event or a refusal. Checks stand in the order of
/// <see cref="RefusalCode"/>; commands are well formed (<see cref="RequestRules"/>).
/// </summary>
internal static partial class AccountDecider
{
    /// <summary>Opens the account, or checks that this is one of its policies. A closed one counts as opened, so that what
    /// it released is still published.</summary>
    public static Decision Open(AccountState state, AccountPolicy policy, long atMs)
    {
        if (state.Policy is not { } existing)
        {
            return Decision.Happens(new AccountOpened(policy, atMs));
        }

        return state.Has(policy)
            ? Decision.Nothing
            : Decision.Refused(
                RefusalCode.PolicyMismatch,
                $"Account '{policy.Account}' is open with {Describe(existing)}, not {Describe(policy)}. Configure it as it was, set the policy for periods to come, grant more for a period, or open an account of another name.");
    }

    /// <summary>Charges a release to the account, which is the one that was asked or an ancestor of it.</summary>
    public static Decision Charge(AccountState state, string account, ReleaseRequest request, long atMs)
    {
        if (state.Policy is not { } policy)
        {
            return Unknown(account, "releasing from it");
        }

        if (state.IsClosed)
        {
            return Closed(account);
        }

        var window = request.Id.Window;
        var period = state.PeriodAt(window.StartMs);
        if (window.EndMs > period.EndMs)
        {
            return Decision.Refused(
                RefusalCode.WindowOutsidePeriod,
                $"Account '{account}': window {window} does not lie within one accounting period; the one it starts in is {period}. Choose a window size that divides the period of {TimeSpan.FromMilliseconds(period.EndMs - period.StartMs)}.");
        }

        if (request.Cost.ConvertTo(policy.Measure) is not { } cost)
        {
            return Decision.Refused(
                RefusalCode.MeasureMismatch,
                $"Account '{account}' counts in measure {PrivacyMeasureNames.ToName(policy.Measure)}, and a cost in measure {PrivacyMeasureNames.ToName(request.Cost.Measure)} ({request.Cost}) cannot be counted in it. Use a mechanism of the account's measure, or an account of the mechanism's.");
        }

        var charge = new BudgetCharged(
            request.Id.ToString(), period.StartMs, window, request.CompositionGroup, request.MaxWindows, Units.Of(cost), atMs);
        return Charge(state, account, period, charge);
    }

    /// <summary>Grants more budget for one period.</summary>
    public static Decision Grant(AccountState state, string account, long timeMs, PrivacyCost extra, string reason, long atMs)
    {
        if (state.Policy is not { } policy)
        {
            return Unknown(account, "granting to it");
        }

        if (state.IsClosed)
        {
            return Closed(account);
        }

        if (extra.ConvertTo(policy.Measure) is not { } converted)
        {
            return Decision.Refused(
                RefusalCode.MeasureMismatch,
                $"Account '{account}' counts in measure {PrivacyMeasureNames.ToName(policy.Measure)}; a grant of {extra} cannot be counted in it.");
        }

        var start = state.PeriodAt(timeMs).StartMs;
        return TryAdd(state.BudgetOf(start), Units.Of(converted)) is { AttoDelta: <= PrivacyCost.UnitsPerDelta }
            ? Decision.Happens(new BudgetGranted(start, Units.Of(converted), reason, atMs))
            : Decision.Refused(RefusalCode.MalformedRequest, $"Account '{account}': a grant of {extra} makes the period's budget larger than can be counted.");
    }

    /// <summary>Why an account cannot be opened below one, or null: both must count the same periods, and the
    /// ancestor must be able to hold the account's costs.</summary>
    public static Refusal? AncestorFault(AccountPolicy policy, AccountState ancestor) => ancestor.Policy is not { } above
        ? null
        : ancestor.IsClosed ? Closed(above.Account).Refusal
        : PeriodFault(policy, above) ?? MeasureFault(policy.Account, policy, above);

    /// <summary>Why an account cannot be opened above one, or null: charges made before would be missing in it.</summary>
    public static Refusal? DescendantFault(AccountPolicy policy, AccountState descendant)
    {
        if (descendant.Policy is not { } below)
        {
            return null;
        }

        return descendant.WasCharged
            ? new Refusal(
                RefusalCode.PolicyMismatch,
                $"Account '{policy.Account}' cannot be opened: its descendant '{below.Account}' was charged already, and those charges would be missing in it. Open ancestors before anything is released below them, or open a tree of another name.")
            : PeriodFault(policy, below) ?? MeasureFault(policy.Account, below, policy);
    }

    private static Refusal? PeriodFault(AccountPolicy policy, AccountPolicy relative) => policy.Period == relative.Period
        ? null
        : new Refusal(
            RefusalCode.PolicyMismatch,
            $"Account '{policy.Account}' has periods of {policy.Period}, but '{relative.Account}' in the same tree has {relative.Period}. Accounts of one tree share their period.");

    private static Refusal? MeasureFault(string account, AccountPolicy below, AccountPolicy above) =>
        below.BudgetPerPeriod.ConvertTo(above.Measure) is not null
            ? null
            : new Refusal(
                RefusalCode.MeasureMismatch,
                $"Account '{account}' cannot be opened: costs of '{below.Account}' in measure {PrivacyMeasureNames.ToName(below.Measure)} cannot be counted in measure {PrivacyMeasureNames.ToName(above.Measure)} of '{above.Account}'.");

    private static Decision Charge(AccountState state, string account, TimeWindow period, BudgetCharged charge)
    {
        var before = state.Period(period.StartMs);
        if (before.Groups.TryGetValue(charge.GroupKey, out var group) && group.MaxWindows != charge.MaxWindows)
        {
            return Decision.Refused(
                RefusalCode.GroupMismatch,
                $"Account '{account}': composition group '{charge.CompositionGroup}' was charged with {group.MaxWindows} windows per subject in period {period}, and now {charge.MaxWindows} are named. Keep the number until the period ends, or use a group of another name.");
        }

        var budget = state.BudgetOf(period.StartMs);
        var after = TryCharge(before, charge);
        return after is not null && after.Spent.FitsIn(budget)
            ? Decision.Happens(charge with { Proof = ChargeProof.Of(charge, before, after, budget) })
            : Decision.Refused(RefusalCode.BudgetExceeded, Exceeded(state.Policy!, account, period, before, after, charge, budget));
    }

    private static string Exceeded(
        AccountPolicy policy, string account, TimeWindow period, PeriodState before, PeriodState? after, BudgetCharged charge, Units budget)
    {
        // The charge can be less than the cost when dearer windows were charged before.
        var asked = after is null ? charge.Cost : after.Spent - before.Spent;
        return $"Account '{account}', period {period}: {asked.ToCost(policy.Measure)} was asked, {before.Spent.ToCost(policy.Measure)} is spent, "
            + $"{(budget - before.Spent).ToCost(policy.Measure)} is left of {budget.ToCost(policy.Measure)}. "
            + "Wait for the next period, ask for less, or have a person grant more.";
    }

    private static PeriodState? TryCharge(PeriodState period, BudgetCharged charge)
    {
        try
        {
            return period.Charge(charge);
        }
        catch (OverflowException)
        {
            // A sum beyond 64 bits exceeds every budget, which is itself a number of 64 bits.
            return null;
        }
    }

    private static Units? TryAdd(Units left, Units right)
    {
        try
        {
            return left + right;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static string Describe(AccountPolicy policy) =>
        $"a budget of {policy.BudgetPerPeriod} in measure {PrivacyMeasureNames.ToName(policy.Measure)} per {policy.Period}";
}
