using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger.Reading;

/// <summary>An event of an account with what it did to its period, for people.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Type">Its stored type.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Happened">The event.</param>
/// <param name="Period">The period that it is about; null for none.</param>
/// <param name="Charged">By how much it raised what is spent.</param>
/// <param name="Spent">What the period has spent after it.</param>
/// <param name="Budget">The period's budget after it.</param>
/// <param name="Reason">Why the charge is what it is, or in a person's words why the account was changed.</param>
internal sealed record LedgerEntry(
    long Version, string Type, string Hash, LedgerEvent Happened, TimeWindow? Period, Units Charged, Units Spent, Units Budget, string Reason);
