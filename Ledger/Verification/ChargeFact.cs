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

    /// <summary>The hash of the charge's event.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The hash of the event before it.</summary>
    public string Previous { get; init; } = "";

    /// <summary>The charges above, from the nearest on.</summary>
    public List<AncestorCharge> Above { get; set; } = [];

    /// <summary>In what a release and its receipt differ from the charge, or null.</summary>
    public string? Difference(Release release) =>
        ReceiptCheck.FieldDifference(release.Receipt, Charge!, Measure, Version)
        ?? (Units.Of(release.Receipt.Charged) != Charged ? "charged"
        : Units.Of(release.Receipt.SpentInPeriod) != Spent ? "spent_in_period"
        : Units.Of(release.Receipt.LeftInPeriod) != Left ? "left_in_period"
        : ReceiptCheck.ProofDifference(release, Charge!, Previous, Hash));
}
