using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Batches with the rows that wait until it is decided what becomes of them. The batches are shared, so nothing is copied
/// but for a snapshot.</summary>
/// <param name="schema">Their columns.</param>
internal sealed class HeldRows(RowSchema schema)
{
    // What a batch takes at the most usual: its columns in full, and an arena for its texts.
    private const long ArenaBytes = 512 * 1024;
    private readonly long _bytes = ArenaBytes + schema.Columns.Sum(pair => EventBatch.Capacity * (pair.Column.Type == ColumnType.Token ? 16L : 8L));
    private List<EventBatch> _batches = [];

    /// <summary>Whether no row waits.</summary>
    public bool IsEmpty => _batches.Count == 0;

    /// <summary>Takes the rows of a batch that happened at or after a time away from it and keeps them.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="fromMs">The time.</param>
    /// <param name="context">The stage's.</param>
    public void Take(EventBatch batch, long fromMs, StageContext context)
    {
        if (!Has(batch, time => time >= fromMs))
        {
            return;
        }

        if (!context.Memory.TryTake(_bytes))
        {
            throw new PipelineException($"Stage '{context.Name}' cannot go on: more rows than fit runtime.state-memory-limit are ahead of the releases that decide about them. The last stored state stays in force and nothing is lost: raise the limit, or the stage's lead, which makes a new plan, and run again.");
        }

        var later = batch.Share();
        Keep(batch, time => time < fromMs);
        Keep(later, time => time >= fromMs);
        _batches.Add(later);
    }

    /// <summary>Gives up the rows that happened before a time, in batches that the caller owns.</summary>
    /// <param name="beforeMs">The time.</param>
    /// <param name="context">The stage's.</param>
    public IEnumerable<EventBatch> Give(long beforeMs, StageContext context)
    {
        var held = _batches;
        _batches = [];
        foreach (var batch in held)
        {
            if (!Has(batch, time => time < beforeMs))
            {
                _batches.Add(batch);
            }
            else if (Has(batch, time => time >= beforeMs))
            {
                var ready = batch.Share();
                Keep(ready, time => time < beforeMs);
                Keep(batch, time => time >= beforeMs);
                _batches.Add(batch);
                yield return ready;
            }
            else
            {
                context.Memory.Adjust(-_bytes);
                yield return batch;
            }
        }
    }

    /// <summary>Forgets all rows.</summary>
    /// <param name="context">The stage's.</param>
    public void Clear(StageContext context)
    {
        context.Memory.Adjust(-_bytes * _batches.Count);
        _batches.ForEach(batch => batch.Dispose());
        _batches.Clear();
    }

    /// <summary>Writes the rows with their places.</summary>
    /// <param name="writer">Where to write.</param>
    public void Write(SnapshotWriter writer)
    {
        writer.Write((long)_batches.Count);
        foreach (var batch in _batches)
        {
            writer.Write((long)batch.Partition);
            writer.Write(batch.FirstPosition);
            writer.Write((long)batch.Count);
            writer.WriteArray<ulong>(batch.Selection);
            foreach (var (slot, column) in schema.Columns)
            {
                HeldColumns.Write(writer, batch, slot, column.Type);
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">The state.</param>
    /// <param name="context">The stage's.</param>
    public void Read(SnapshotReader reader, StageContext context)
    {
        for (var left = reader.ReadInt32(0, int.MaxValue); left > 0; left--)
        {
            var batch = context.Pool.RentBatch();
            _batches.Add(batch);
            context.Memory.Adjust(_bytes);
            var (partition, position) = (reader.ReadInt32(int.MinValue, int.MaxValue), reader.ReadInt64());
            batch.SelectAll(reader.ReadInt32(0, EventBatch.Capacity));
            (batch.Partition, batch.FirstPosition) = (partition, position);
            var selection = reader.ReadArray<ulong>();
            if (selection.Length != batch.Selection.Length)
            {
                throw new SnapshotException($"The stored rows of stage '{context.Name}' are damaged: {selection.Length} words select {batch.Count} rows.");
            }

            selection.CopyTo(batch.Selection);
            foreach (var (slot, column) in schema.Columns)
            {
                HeldColumns.Read(reader, batch, slot, column.Type);
            }
        }
    }

    private static bool Has(EventBatch batch, Func<long, bool> wanted)
    {
        var times = batch.Int64(RowSchema.EventTime).Values;
        foreach (var row in batch.SelectedRows)
        {
            if (wanted(times[row]))
            {
                return true;
            }
        }

        return false;
    }

    private static void Keep(EventBatch batch, Func<long, bool> keeps)
    {
        var times = batch.Int64(RowSchema.EventTime).Values;
        foreach (var row in batch.SelectedRows)
        {
            if (!keeps(times[row]))
            {
                batch.Deselect(row);
            }
        }
    }
}
