using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>What binds a receipt to the released values and to the chain of events of its account.</summary>
public sealed record ReceiptProof
{
    /// <summary>Why the charge is what it is.</summary>
    public required ChargeReason Reason { get; init; }

    /// <summary>How many windows of the composition group were charged in the period, this one included.</summary>
    public required int Windows { get; init; }

    /// <summary>The account's charge in the period before this release; with <see cref="Receipt.Charged"/> it gives
    /// <see cref="Receipt.SpentInPeriod"/>.</summary>
    public required PrivacyCost SpentBefore { get; init; }

    /// <summary>The period's budget when the release was charged, with what was granted and transferred until then.</summary>
    public required PrivacyCost Budget { get; init; }

    /// <summary>The hash of the account's event before the charge; 64 hexadecimal digits.</summary>
    public required string PreviousEvent { get; init; }

    /// <summary>The hash of the charge's own event, which holds <see cref="PreviousEvent"/> and <see cref="Values"/>.</summary>
    public required string Event { get; init; }

    /// <summary><see cref="ReleaseCommitment"/> of the release.</summary>
    public required string Values { get; init; }

    /// <summary>The charges of the open accounts above, from the nearest on.</summary>
    public required IReadOnlyList<AncestorCharge> Above { get; init; }

    /// <summary>Whether all of it is the same, the charges above in their order.</summary>
    /// <param name="other">Another proof.</param>
    /// <returns>True when it is.</returns>
    public bool Equals(ReceiptProof? other) => other is not null
        && (Reason, Windows, SpentBefore, Budget) == (other.Reason, other.Windows, other.SpentBefore, other.Budget)
        && (PreviousEvent, Event, Values) == (other.PreviousEvent, other.Event, other.Values)
        && Above.SequenceEqual(other.Above);

    /// <inheritdoc />
    public override int GetHashCode() => Event.GetHashCode(StringComparison.Ordinal);
}

/// <summary>What a release was charged in an account above the one that was asked.</summary>
/// <param name="Account">The account.</param>
/// <param name="LedgerVersion">Version of the event there.</param>
/// <param name="Charged">By how much it raised that account's charge, in its measure.</param>
/// <param name="Event">The event's hash; 64 hexadecimal digits.</param>
public sealed record AncestorCharge(string Account, long LedgerVersion, PrivacyCost Charged, string Event);
