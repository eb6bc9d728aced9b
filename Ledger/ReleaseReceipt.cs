using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>What a release cost, from the account before and after its charge.</summary>
internal static class ReleaseReceipt
{
    /// <summary>The charge that pays for these values.</summary>
    public static BudgetCharged For(LedgerEvent charge, string values)
    {
        var charged = (BudgetCharged)charge;
        return charged with { Proof = charged.Proof! with { Values = values } };
    }

    /// <summary>The receipt.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="charge">The charge, with what it paid for.</param>
    /// <param name="before">The account before it.</param>
    /// <param name="after">The account after it.</param>
    /// <param name="above">The charges of the accounts above.</param>
    public static Receipt Of(ReleaseRequest request, BudgetCharged charge, AccountSnapshot before, AccountSnapshot after, IReadOnlyList<AncestorCharge> above)
    {
        var (proof, measure) = (charge.Proof!, after.State.Policy!.Measure);
        return new Receipt
        {
            PeriodStartMs = charge.PeriodStartMs,
            CompositionGroup = request.CompositionGroup,
            MaxWindows = request.MaxWindows,
            Cost = request.Cost,
            Charged = proof.Charged.ToCost(measure),
            SpentInPeriod = proof.Spent.ToCost(measure),
            LeftInPeriod = (proof.Budget - proof.Spent).ToCost(measure),
            LedgerVersion = after.Version,
            StoredAtMs = charge.AtMs,
            Proof = new ReceiptProof
            {
                Reason = proof.Reason,
                Windows = proof.Windows,
                SpentBefore = (proof.Spent - proof.Charged).ToCost(measure),
                Budget = proof.Budget.ToCost(measure),
                PreviousEvent = before.Hash,
                Event = after.Hash,
                Values = proof.Values,
                Above = above,
            },
        };
    }

    /// <summary>What the charge came to in an account above.</summary>
    public static AncestorCharge Above(string account, BudgetCharged charge, AccountSnapshot after) =>
        new(account, after.Version, charge.Proof!.Charged.ToCost(after.State.Policy!.Measure), after.Hash);
}
