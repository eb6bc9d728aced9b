namespace AkkaPrivacy.TestKit;

/// <summary>Where a process ends, seen from a firing.</summary>
public enum CrashPoint
{
    /// <summary>Windows have fired and values were drawn, but the transaction that holds them is not committed.</summary>
    BeforeCommit,

    /// <summary>The transaction is committed, but nothing of it was published.</summary>
    AfterCommit,
}
