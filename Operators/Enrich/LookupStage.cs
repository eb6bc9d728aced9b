using System.Buffers.Binary;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>Lends the table that holds for the next batch.</summary>
internal interface ITableSource
{
    /// <summary>The table.</summary>
    /// <param name="context">Clock of the stage.</param>
    /// <returns>The table.</returns>
    LookupTable Current(StageContext context);
}

/// <summary>Finds the table's row of each selected row, then fills one column after the other. Texts are not copied: the new
/// columns point into the table.</summary>
internal sealed class LookupStage(LookupLayout layout, ITableSource source) : RowStage
{
    private readonly int[] _found = new int[EventBatch.Capacity];

    protected override void Process(EventBatch batch)
    {
        var table = source.Current(Context);
        var missing = layout.KeyType == ColumnType.Text ? FindTexts(batch, table) : FindNumbers(batch, table);
        if (layout.Missing == MissingKey.Drop && missing > 0)
        {
            Drop(batch, table.Rows, missing);
        }

        for (var i = 0; i < layout.Slots.Length; i++)
        {
            batch.Set(layout.Slots[i], Fill(batch, table.Columns[i]));
        }
    }

    // A row without a row of the table gets the one behind the last: the default.
    private int FindTexts(EventBatch batch, LookupTable table)
    {
        var keys = batch.Text(layout.KeySlot);
        var times = batch.Int64(RowSchema.EventTime).Values;
        var missing = 0;
        foreach (var row in batch.SelectedRows)
        {
            var found = keys.Spans[row].IsMissing ? -1 : table.Find(keys[row], times[row]);
            missing += found < 0 ? 1 : 0;
            _found[row] = found < 0 ? table.Rows : found;
        }

        return missing;
    }

    private int FindNumbers(EventBatch batch, LookupTable table)
    {
        var keys = batch.Int64(layout.KeySlot).Values;
        var times = batch.Int64(RowSchema.EventTime).Values;
        Span<byte> key = stackalloc byte[sizeof(long)];
        var missing = 0;
        foreach (var row in batch.SelectedRows)
        {
            BinaryPrimitives.WriteInt64LittleEndian(key, keys[row]);
            var found = keys[row] == Int64Column.Missing ? -1 : table.Find(key, times[row]);
            missing += found < 0 ? 1 : 0;
            _found[row] = found < 0 ? table.Rows : found;
        }

        return missing;
    }

    private void Drop(EventBatch batch, int rows, int missing)
    {
        foreach (var row in batch.SelectedRows)
        {
            if (_found[row] == rows)
            {
                batch.Deselect(row);
                if (Context.DeadLetters.Wants(DeadLetterReason.NotInTable))
                {
                    Context.DeadLetters.Tell(DeadLetterReason.NotInTable, batch, row);
                }
            }
        }

        Context.DeadLetters.Count(DeadLetterReason.NotInTable, missing);
    }

    private Column Fill(EventBatch batch, LookupColumn from)
    {
        if (from.Arena is { } arena)
        {
            var texts = batch.Pool.RentText(arena);
            foreach (var row in batch.SelectedRows)
            {
                texts.Spans[row] = from.Texts[_found[row]];
            }

            return texts;
        }

        var numbers = batch.Pool.RentInt64();
        foreach (var row in batch.SelectedRows)
        {
            numbers.Values[row] = from.Numbers[_found[row]];
        }

        return numbers;
    }
}
