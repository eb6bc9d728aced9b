using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>A published result: noised values of one query and window, with the receipt of what they cost.
/// It never changes once stored.</summary>
public sealed record Release
{
    /// <summary>The release's id.</summary>
    public required ReleaseId Id { get; init; }

    /// <summary>What was counted, for example <c>count</c>, <c>sum(bytes)</c> or <c>distinct-subjects</c>.</summary>
    public required string Aggregate { get; init; }

    /// <summary>The mechanism and its parameters, for example <c>discrete-laplace(scale=20)</c>.</summary>
    public required string Mechanism { get; init; }

    /// <summary>Names of the group-by fields, in the order of <see cref="ReleasedGroup.Key"/>; empty for a total.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    /// <summary>The released groups in order of key; may be empty after key selection.</summary>
    public required IReadOnlyList<ReleasedGroup> Groups { get; init; }

    /// <summary>Probability that an interval covers the bounded true value, for example 0.95.</summary>
    public required double Confidence { get; init; }

    /// <summary>What was charged and why.</summary>
    public required Receipt Receipt { get; init; }
}

/// <summary>One noised value. Values may be negative: clamping would bias sums over windows.</summary>
/// <param name="Key">The group's key, one part for each group-by field; empty for a total.</param>
/// <param name="Value">The noised value.</param>
/// <param name="Low">Lower end of the confidence interval, inclusive.</param>
/// <param name="High">Upper end of the confidence interval, inclusive.</param>
public sealed record ReleasedGroup(IReadOnlyList<string> Key, decimal Value, decimal Low, decimal High)
{
    /// <summary>The standard error of the value, in its units; null in releases that were stored before it was stated. Of a mean
    /// or variance to first order, of a quantile its interval's half width over the normal one.</summary>
    public double? StandardError { get; init; }
}

/// <summary>What a release cost.</summary>
public sealed record Receipt
{
    /// <summary>Start of the accounting period, milliseconds since the Unix epoch.</summary>
    public required long PeriodStartMs { get; init; }

    /// <summary>The composition group that was charged.</summary>
    public required string CompositionGroup { get; init; }

    /// <summary>W: in at most so many windows of a period does a subject count.</summary>
    public required int MaxWindows { get; init; }

    /// <summary>The loss of this release alone.</summary>
    public required PrivacyCost Cost { get; init; }

    /// <summary>By how much it raised the account's charge: 0 when W dearer windows were charged before.</summary>
    public required PrivacyCost Charged { get; init; }

    /// <summary>The account's charge in the period after this release.</summary>
    public required PrivacyCost SpentInPeriod { get; init; }

    /// <summary>What the period's budget has left.</summary>
    public required PrivacyCost LeftInPeriod { get; init; }

    /// <summary>Version of the ledger event that holds the charge.</summary>
    public required long LedgerVersion { get; init; }

    /// <summary>When it was stored, milliseconds since the Unix epoch, by the process's clock.</summary>
    public required long StoredAtMs { get; init; }

    /// <summary>What binds it to the values and to the account's events; null in releases that were stored before receipts had it.</summary>
    public ReceiptProof? Proof { get; init; }
}
