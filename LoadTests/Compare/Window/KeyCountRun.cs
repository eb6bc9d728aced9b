using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.LoadTests.Compare.Window;

/// <summary>The stage's own parts without the bounds: rows of the selection to their window, keys to groups, and a count by
/// group. What a stage that knows no subjects would do, for comparison with engines that bound nothing.</summary>
internal sealed unsafe class KeyCountRun
{
    // So many counts fit into the first-level cache.
    private const int FewGroups = 4096;

    private readonly WindowWorkload _workload;
    private readonly KeyChunk _keys = new([new GroupField("page", WindowWorkload.KeySlot, ColumnType.Text)]);
    private readonly GroupTable _groups = new();
    private readonly RowScratch _scratch = new(0);
    private readonly long[] _counts;

    public KeyCountRun(WindowWorkload workload, int keys)
    {
        _workload = workload;
        _counts = new long[keys];
    }

    /// <summary>Rows by group, of the last pass.</summary>
    public ReadOnlySpan<long> Counts => _counts.AsSpan(0, _groups.Count);

    /// <summary>Bytes of the table of groups, which the stage has too.</summary>
    public long GroupBytes => _groups.Bytes;

    /// <summary>Does a pass.</summary>
    /// <returns>Number of rows.</returns>
    public long Pass()
    {
        Array.Clear(_counts, 0, _groups.Count);
        _groups.Clear();
        foreach (EventBatch batch in _workload.Batches)
        {
            using EventBatch shared = batch.Share();
            Add(shared);
        }

        return _workload.Rows;
    }

    private void Add(EventBatch batch)
    {
        int* rows = _scratch.Rest;
        int count = RowScratch.CopySelection(batch, rows);
        fixed (long* times = batch.Int64(RowSchema.EventTime).Values)
        {
            long start = times[rows[0]] / StageRun.WindowMs * StageRun.WindowMs;
            if (!RowScratch.AreAllInside(times, rows, count, start, StageRun.WindowMs))
            {
                throw new InvalidOperationException("The workload is of one window.");
            }
        }

        for (int done = 0; done < count; done += KeyChunk.Rows)
        {
            int size = Math.Min(KeyChunk.Rows, count - done);
            _keys.Read(batch, rows + done, size);
            _groups.Resolve(_keys, _scratch.Groups, size, canAdd: true);
            Count(size);
        }
    }

    private void Count(int size)
    {
        int* groups = _scratch.Groups;
        fixed (long* counts = _counts)
        {
            for (int i = 0; _groups.Count > FewGroups && i < size; i++)
            {
                TagIndex.Buckets.Prefetch(counts + groups[i]);
            }

            for (int i = 0; i < size; i++)
            {
                counts[groups[i]]++;
            }
        }
    }
}
