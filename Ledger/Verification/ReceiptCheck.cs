using System.Text;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.Verification;

/// <summary>Holds a release and its receipt against the events that charged it.</summary>
internal static class ReceiptCheck
{
    /// <summary>What contradicts itself, or null. The chain of hashes was checked before.</summary>
    public static string? Fault(ReceiptFile file, Release release, BudgetCharged charge)
    {
        var first = file.Events[0];
        try
        {
            var field = FieldDifference(release.Receipt, charge, release.Receipt.Charged.Measure, first.Version)
                ?? ProofDifference(release, charge, ReceiptFile.Prev(first), first.Hash);
            return field is not null ? $"the release and event {first.Version}, its charge, differ in {field}" : ArithmeticFault(release.Receipt) ?? AboveFault(file, charge) ?? LaterFault(file);
        }
        catch (OverflowException)
        {
            return "a sum overflows";
        }
    }

    /// <summary>In what a receipt differs from a charge of any form, or null. What it came to is held elsewhere.</summary>
    public static string? FieldDifference(Receipt receipt, BudgetCharged charge, PrivacyMeasure measure, long version) =>
        receipt.LedgerVersion != version ? "ledger_version"
        : receipt.StoredAtMs != charge.AtMs ? "stored_at"
        : receipt.PeriodStartMs != charge.PeriodStartMs ? "period_start"
        : receipt.CompositionGroup != charge.CompositionGroup ? "composition_group"
        : receipt.MaxWindows != charge.MaxWindows ? "max_windows"
        : receipt.Cost.ConvertTo(measure) is not { } cost || Units.Of(cost) != charge.Cost ? "cost"
        : null;

    /// <summary>In what a release differs from what its charge states beyond form 1, or null.</summary>
    public static string? ProofDifference(Release release, BudgetCharged charge, string previous, string hash)
    {
        var receipt = release.Receipt;
        if (receipt.Proof is not { } stated || charge.Proof is not { } stored)
        {
            return receipt.Proof is null && charge.Proof is null ? null : "what binds the values: one of them has nothing";
        }

        return stated.Event != hash ? "event"
            : stated.PreviousEvent != previous ? "previous_event"
            : stated.Reason != stored.Reason ? "reason"
            : stated.Windows != stored.Windows ? "windows"
            : Units.Of(receipt.Charged) != stored.Charged ? "charged"
            : Units.Of(stated.SpentBefore) != stored.Spent - stored.Charged ? "spent_before"
            : Units.Of(receipt.SpentInPeriod) != stored.Spent ? "spent_in_period"
            : Units.Of(stated.Budget) != stored.Budget ? "budget"
            : Units.Of(receipt.LeftInPeriod) != stored.Budget - stored.Spent ? "left_in_period"
            : new[] { stated.SpentBefore, stated.Budget, receipt.SpentInPeriod, receipt.LeftInPeriod }.Any(cost => cost.Measure != receipt.Charged.Measure) ? "measure"
            : stated.Values != stored.Values ? "values"
            : stored.Values != ReleaseCommitment.Of(release) ? "the values, intervals or keys, whose SHA-256 is not the one that was charged"
            : null;
    }

    /// <summary>A release whose values are not those that its own receipt binds.</summary>
    public static bool HasOtherValues(Release release) => release.Receipt.Proof is { } proof && proof.Values != ReleaseCommitment.Of(release);

    private static string? ArithmeticFault(Receipt receipt)
    {
        if (receipt.Proof is not { } proof)
        {
            return null;
        }

        var (charged, cost) = (Units.Of(receipt.Charged), receipt.Cost.ConvertTo(receipt.Charged.Measure));
        return cost is { } asked && !charged.FitsIn(Units.Of(asked)) ? "more was charged than the release costs"
            : !Units.Of(receipt.SpentInPeriod).FitsIn(Units.Of(proof.Budget)) ? "more was spent than the budget"
            : (proof.Windows <= receipt.MaxWindows, proof.Reason) is (false, ChargeReason.WindowAdded) or (true, ChargeReason.WindowReplaced or ChargeReason.WindowFree)
                || proof.Windows < 1 ? "the reason does not fit the number of windows"
            : null;
    }

    private static string? AboveFault(ReceiptFile file, BudgetCharged charge)
    {
        var stated = file.Proof?.Above ?? [];
        if (stated.Count != file.Above.Count)
        {
            return "the charges above are not those that the receipt lists";
        }

        for (var i = 0; i < stated.Count; i++)
        {
            if (AboveDifference(stated[i], file.Above[i], file.Account, charge) is { } field)
            {
                return $"the charge in account '{stated[i].Account}' above differs in {field}";
            }
        }

        return null;
    }

    private static string? AboveDifference(AncestorCharge stated, ReceiptEvent found, string account, BudgetCharged charge)
    {
        var payload = Encoding.UTF8.GetBytes(found.Payload);
        if (LedgerEventCodec.Hash(found.Type, payload) != found.Hash || found.Hash != stated.Event)
        {
            return "its hash";
        }

        try
        {
            return !account.StartsWith(stated.Account + "/", StringComparison.Ordinal) ? "its account"
                : found.Version != stated.LedgerVersion ? "its version"
                : LedgerEventCodec.Decode(found.Type, payload, ReceiptFile.Prev(found)) is not BudgetCharged { Proof: { } proof } other ? "its kind"
                : other with { Cost = charge.Cost, Proof = charge.Proof } != charge ? "what is charged"
                : proof.Values != charge.Proof?.Values ? "its values"
                : proof.Charged != Units.Of(stated.Charged) ? "charged"
                : null;
        }
        catch (FormatException failure)
        {
            return $"its event: {failure.Message}";
        }
    }

    // Charges alone change what a period has spent, so each goes on from the one before it in its period.
    private static string? LaterFault(ReceiptFile file)
    {
        var spent = new Dictionary<long, Units?>();
        foreach (var item in file.Events)
        {
            if (LedgerEventCodec.Decode(item.Type, Encoding.UTF8.GetBytes(item.Payload), ReceiptFile.Prev(item)) is not BudgetCharged charge)
            {
                continue;
            }

            if (charge.Proof is { } proof && spent.GetValueOrDefault(charge.PeriodStartMs) is { } before && before + proof.Charged != proof.Spent)
            {
                return $"what event {item.Version} has spent is not what was spent before and what it charges";
            }

            spent[charge.PeriodStartMs] = charge.Proof?.Spent;
        }

        return null;
    }
}
