using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>What an account came to with a charge, and what the charge paid for. The fold of the history gives the figures again, and
/// an event that states others is corrupt.</summary>
/// <param name="Reason">Why the charge is what it is.</param>
/// <param name="Windows">How many windows of the group were charged in the period, this one included.</param>
/// <param name="Charged">By how much it raised what is spent.</param>
/// <param name="Spent">What the period has spent after it.</param>
/// <param name="Budget">The period's budget.</param>
/// <param name="Values">The <see cref="ReleaseCommitment"/> of the release; empty until the values are drawn.</param>
internal sealed record ChargeProof(ChargeReason Reason, int Windows, Units Charged, Units Spent, Units Budget, string Values)
{
    /// <summary>The proof of a charge, without values.</summary>
    public static ChargeProof Of(BudgetCharged charge, PeriodState before, PeriodState after, Units budget)
    {
        var (old, now) = (before.Groups.GetValueOrDefault(charge.GroupKey), after.Groups[charge.GroupKey]);
        var charged = after.Spent - before.Spent;
        return new ChargeProof(ReasonOf(old?.Count < now.Count || old is null, now.Count, charge.MaxWindows, charged), now.Count, charged, after.Spent, budget, "");
    }

    /// <summary>In what the figures differ from those of a proof, or null. Values are not compared.</summary>
    public string? Difference(ChargeProof other) =>
        Reason != other.Reason ? "reason"
        : Windows != other.Windows ? "windows"
        : Charged != other.Charged ? "charged"
        : Spent != other.Spent ? "spent"
        : Budget != other.Budget ? "budget"
        : null;

    private static ChargeReason ReasonOf(bool isNew, int windows, int maxWindows, Units charged) => (isNew, windows <= maxWindows, charged == default) switch
    {
        (true, true, _) => ChargeReason.WindowAdded,
        (true, false, true) => ChargeReason.WindowFree,
        (true, false, false) => ChargeReason.WindowReplaced,
        (false, _, true) => ChargeReason.QueryFree,
        (false, _, false) => ChargeReason.QueryAdded,
    };
}
