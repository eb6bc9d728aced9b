using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>What is moved between two accounts.</summary>
/// <param name="TimeMs">Any instant of the period.</param>
/// <param name="Amount">How much.</param>
/// <param name="Reason">Why.</param>
/// <param name="AtMs">Now.</param>
internal sealed record Transfer(long TimeMs, PrivacyCost Amount, string Reason, long AtMs);

/// <summary>One side of a transfer.</summary>
/// <param name="Account">The account.</param>
/// <param name="Version">The version of its event.</param>
public sealed record TransferSide(string Account, long Version);

/// <summary>A transfer as both accounts hold it.</summary>
/// <param name="PeriodStartMs">Start of the period, milliseconds since the Unix epoch.</param>
/// <param name="Amount">What was moved.</param>
/// <param name="From">Where it was taken from.</param>
/// <param name="To">Where it went.</param>
public sealed record TransferReceipt(long PeriodStartMs, PrivacyCost Amount, TransferSide From, TransferSide To);

/// <summary>The answer to a transfer: exactly one of the two is set.</summary>
/// <param name="Receipt">What was moved.</param>
/// <param name="Refusal">Why nothing was.</param>
public sealed record TransferOutcome(TransferReceipt? Receipt, Refusal? Refusal);
