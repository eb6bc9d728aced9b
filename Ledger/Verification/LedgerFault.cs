namespace AkkaPrivacy.Ledger.Verification;

/// <summary>Something stored that contradicts something else that is stored.</summary>
/// <param name="Place">Where: a stream and version, a release id, a row.</param>
/// <param name="Message">What is wrong with it.</param>
internal sealed record LedgerFault(string Place, string Message);

/// <summary>The end of an account's history: its hash stands for everything before it.</summary>
/// <param name="Account">The account.</param>
/// <param name="Version">The version of the newest event.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record AccountHead(string Account, long Version, string Hash);

/// <summary>What a verification found.</summary>
/// <param name="Events">How many events were read.</param>
/// <param name="Releases">How many releases were read.</param>
/// <param name="KeptElsewhere">How many of them a cluster's ledger charged, whose journal is not here.</param>
/// <param name="Heads">The accounts.</param>
/// <param name="Faults">The first faults, at most <see cref="LedgerVerifier.MostFaults"/>.</param>
/// <param name="FaultCount">How many there are.</param>
internal sealed record LedgerVerification(
    long Events, long Releases, long KeptElsewhere, IReadOnlyList<AccountHead> Heads, IReadOnlyList<LedgerFault> Faults, long FaultCount);
