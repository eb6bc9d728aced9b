using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>
/// What sinks publish from: every release once, in the order in which it was stored, and for each sink a cursor
/// that says how far it has come.
/// </summary>
/// <remarks>Publish, then advance: a crash between the two publishes again, with the same release id as key.</remarks>
public sealed class OutboxReader : IOutbox
{
    private const int PageSize = 10_000;

    /// <inheritdoc />
    /// <exception cref="StoreException">With <see cref="StoreFailure.Corrupt"/> when an entry or its release cannot be read.</exception>
    public async ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(IStoreTransaction transaction, long afterSequence, int limit)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentOutOfRangeException.ThrowIfNegative(afterSequence);
        var rows = await transaction.ScanAsync(ReleaseTables.Outbox, "", ReleaseTables.SequenceKey(afterSequence), limit).ConfigureAwait(false);
        var entries = new List<OutboxEntry>(rows.Count);
        foreach (var row in rows)
        {
            var sequence = Number(Encoding.UTF8.GetBytes(row.Key), "an entry of the outbox");
            var release = await ReleaseReader.GetAsync(transaction, Encoding.UTF8.GetString(row.Value)).ConfigureAwait(false);
            entries.Add(new OutboxEntry(sequence, release ?? throw Corrupt($"entry {sequence} of the outbox names a release that is not stored")));
        }

        return entries;
    }

    /// <inheritdoc />
    public async ValueTask<long> CursorAsync(IStoreTransaction transaction, string sink)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var value = await transaction.GetAsync(ReleaseTables.OutboxCursors, sink).ConfigureAwait(false);
        return value is null ? 0 : Number(value, $"the cursor of sink '{sink}'");
    }

    /// <inheritdoc />
    /// <remarks>A cursor never moves back: where two publishers of a sink overlap, the one that is further on counts.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The outbox has no such entry: the sink would skip releases.</exception>
    public async ValueTask AdvanceAsync(IStoreTransaction transaction, string sink, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, await LastAsync(transaction).ConfigureAwait(false));
        if (sequence > await CursorAsync(transaction, sink).ConfigureAwait(false))
        {
            await transaction.PutAsync(ReleaseTables.OutboxCursors, sink, Encoding.UTF8.GetBytes(ReleaseTables.SequenceKey(sequence))).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    /// <exception cref="StoreException">With <see cref="StoreFailure.Corrupt"/> when the release cannot be read.</exception>
    public ValueTask<Release?> FindAsync(IStoreTransaction transaction, ReleaseId id) => ReleaseReader.GetAsync(transaction, id);

    /// <inheritdoc />
    /// <exception cref="StoreException">With <see cref="StoreFailure.Corrupt"/> when a release cannot be read.</exception>
    public async ValueTask<IReadOnlyList<Release>> ListAsync(IStoreTransaction transaction, string account, string pipeline, string planHash)
    {
        var prefix = ReleaseReader.Prefix(account, pipeline, planHash);
        var all = new List<Release>();
        while (true)
        {
            var page = await ReleaseReader.ListAsync(transaction, prefix, all.LastOrDefault()?.Id.ToString(), PageSize).ConfigureAwait(false);
            all.AddRange(page);
            if (page.Count < PageSize)
            {
                return all;
            }
        }
    }

    /// <summary>The sequence number of the newest entry, so that a backlog is this less the sink's cursor.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <returns>The number; 0 while the outbox is empty.</returns>
    public static async ValueTask<long> LastAsync(IStoreTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var value = await transaction.GetAsync(ReleaseTables.OutboxSequence, ReleaseTables.SequenceRow).ConfigureAwait(false);
        return value is null ? 0 : Number(value, "the outbox's sequence");
    }

    private static long Number(byte[] digits, string what) =>
        ReleaseTables.TryParse(digits, out var number) ? number : throw Corrupt($"{what} is not a number");

    private static StoreException Corrupt(string what) =>
        new(StoreFailure.Corrupt, $"The store is damaged: {what}. Nothing was published; restore a backup.");
}
