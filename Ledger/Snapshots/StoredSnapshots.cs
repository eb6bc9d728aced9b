using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Ledger.Snapshots;

/// <summary>Stored snapshots: table <c>account-snapshots</c>, one row for each account, written with every
/// <see cref="Interval"/>-th event in that event's transaction.</summary>
/// <remarks>A snapshot only spares reading: it holds the position and the hash of its event, and the account is folded on
/// from there. What lies before is not read then, so damage there is found by <c>ledger verify</c>, which reads
/// everything and compares the snapshot with it.</remarks>
internal static class StoredSnapshots
{
    /// <summary>The table.</summary>
    public const string Table = "account-snapshots";

    /// <summary>At most so many events are read when an account is opened, and the one that the snapshot was written with.</summary>
    public const int Interval = 256;

    /// <summary>So many newest periods keep their groups, as long as they have at most <see cref="MaxWindows"/> windows
    /// together; the newest always does.</summary>
    public const int FullPeriods = 32;

    /// <summary>See <see cref="FullPeriods"/>.</summary>
    public const int MaxWindows = 10_000;

    /// <summary>So many newest periods keep their totals.</summary>
    public const int MaxPeriods = 10_000;

    /// <summary>The stored snapshot, or null.</summary>
    /// <exception cref="LedgerCorruptException">There is one that cannot be read.</exception>
    public static async ValueTask<AccountSnapshot?> FindAsync(IStoreTransaction transaction, string account)
    {
        var value = await transaction.GetAsync(Table, account).ConfigureAwait(false);
        try
        {
            return value is null ? null : SnapshotCodec.Read(value, account);
        }
        catch (FormatException failure)
        {
            throw Corrupt(account, failure.Message, failure);
        }
    }

    /// <summary>Stores a snapshot where the last one is <see cref="Interval"/> events old.</summary>
    public static async ValueTask<AccountSnapshot> SaveIfOldAsync(IStoreTransaction transaction, string account, AccountSnapshot snapshot)
    {
        if (!IsOld(snapshot))
        {
            return snapshot;
        }

        await transaction.PutAsync(Table, account, Write(account, snapshot)).ConfigureAwait(false);
        return snapshot with { StoredVersion = snapshot.Version };
    }

    /// <summary>Whether the last stored snapshot is <see cref="Interval"/> events old.</summary>
    public static bool IsOld(AccountSnapshot snapshot) => snapshot.Version - snapshot.StoredVersion >= Interval;

    /// <summary>A snapshot as it is stored.</summary>
    public static byte[] Write(string account, AccountSnapshot snapshot) => SnapshotCodec.Write(account, snapshot with { State = Reduce(snapshot.State) });

    /// <summary>The part of a state that is stored: what the next charges need, and totals before that.</summary>
    public static AccountState Reduce(AccountState state)
    {
        var (periods, windows) = (0, 0);
        var (fullFrom, completeFrom) = (state.FullFromMs, state.CompleteFromMs);
        foreach (var (start, period) in state.Periods.Reverse())
        {
            periods++;
            windows += period.Groups.Values.Sum(group => group.Count);
            if (periods <= FullPeriods && (periods == 1 || windows <= MaxWindows))
            {
                fullFrom = start;
            }

            completeFrom = start;
            if (periods == MaxPeriods)
            {
                break;
            }
        }

        // Where every period is in, so is every one that is still to come, wherever it lies.
        var all = periods == state.Periods.Count;
        completeFrom = all ? state.CompleteFromMs : Math.Max(completeFrom, state.CompleteFromMs);
        fullFrom = all && fullFrom == state.Periods.Keys.FirstOrDefault(fullFrom) ? state.FullFromMs : Math.Max(fullFrom, state.FullFromMs);
        return state.Reduce(fullFrom, completeFrom);
    }

    /// <summary>What is thrown where a snapshot and its account do not fit.</summary>
    public static LedgerCorruptException Corrupt(string account, string fault, Exception? inner = null) =>
        new($"The snapshot of account '{account}' (table {Table}) cannot be used: {fault}.", inner);
}
