namespace AkkaPrivacy.Ledger.GroupCommit;

/// <summary>How a <see cref="GroupCommitLedger"/> groups and waits.</summary>
public sealed record GroupCommitOptions
{
    /// <summary>At most so many requests are decided and stored in one transaction, from 1 to 10,000. Default: 1,000.
    /// A group is cut as soon as the transaction before it has ended, with whatever waits then, so this bounds how long a
    /// transaction takes and not how long a request waits for others.</summary>
    public int MaxGroup { get; init; } = 1_000;

    /// <summary>At most so many requests wait for their group, from 1 to 1,000,000; further callers wait until there is room.
    /// Default: 10,000.</summary>
    public int MaxWaiting { get; init; } = 10_000;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxGroup, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxGroup, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaiting, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxWaiting, 1_000_000);
    }
}
