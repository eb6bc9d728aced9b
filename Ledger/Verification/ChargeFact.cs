using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.Verification;

/// <summary>What is known of a release while a ledger is verified.</summary>
internal sealed class ChargeFact
{
    /// <summary>The version of the charge in the account that was asked; 0 while none was met.</summary>
    public long Version { get; init; }

    public PrivacyMeasure Measure { get; init; }

    public BudgetCharged? Charge { get; init; }

    public Units Charged { get; init; }

    public Units Spent { get; init; }

    public Units Left { get; init; }

    /// <summary>In how many accounts it was charged.</summary>
    public int Accounts { get; set; }

    /// <summary>The account that it was met in last; accounts are read one after the other.</summary>
    public string? LastAccount { get; set; }

    public bool Stored { get; set; }

    public bool Elsewhere { get; init; }

    public int Outbox { get; set; }

    /// <summary>In what a receipt differs from the charge, or null.</summary>
    public string? Difference(Receipt receipt) =>
        receipt.LedgerVersion != Version ? "ledger_version"
        : receipt.StoredAtMs != Charge!.AtMs ? "stored_at"
        : receipt.PeriodStartMs != Charge.PeriodStartMs ? "period_start"
        : receipt.CompositionGroup != Charge.CompositionGroup ? "composition_group"
        : receipt.MaxWindows != Charge.MaxWindows ? "max_windows"
        : receipt.Cost.ConvertTo(Measure) is not { } cost || Units.Of(cost) != Charge.Cost ? "cost"
        : Units.Of(receipt.Charged) != Charged ? "charged"
        : Units.Of(receipt.SpentInPeriod) != Spent ? "spent_in_period"
        : Units.Of(receipt.LeftInPeriod) != Left ? "left_in_period"
        : null;
}
