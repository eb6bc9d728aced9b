using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Columns of rows that wait, in a snapshot: the values of selected rows, one after the other.</summary>
internal static class HeldColumns
{
    public static void Write(SnapshotWriter writer, EventBatch batch, int slot, ColumnType type)
    {
        writer.Write(batch.Has(slot) ? 1L : 0L);
        if (!batch.Has(slot))
        {
            return;
        }

        switch (type)
        {
            case ColumnType.Token:
                writer.WriteArray<Token>(Selected(batch, batch.Tokens(slot).Values));
                break;
            case ColumnType.Text:
                WriteTexts(writer, batch, batch.Text(slot));
                break;
            default:
                writer.WriteArray<long>(Selected(batch, batch.Int64(slot).Values));
                break;
        }
    }

    public static void Read(SnapshotReader reader, EventBatch batch, int slot, ColumnType type)
    {
        if (reader.ReadInt32(0, 1) == 0)
        {
            return;
        }

        switch (type)
        {
            case ColumnType.Token:
                var tokens = batch.Pool.RentTokens();
                batch.Set(slot, tokens);
                Spread(batch, reader.ReadArray<Token>(), tokens.Values, default);
                break;
            case ColumnType.Text:
                ReadTexts(reader, batch, slot);
                break;
            default:
                var numbers = batch.Pool.RentInt64();
                batch.Set(slot, numbers);
                Spread(batch, reader.ReadArray<long>(), numbers.Values, Int64Column.Missing);
                break;
        }
    }

    private static T[] Selected<T>(EventBatch batch, T[] values)
    {
        var (selected, at) = (new T[batch.SelectedCount], 0);
        foreach (var row in batch.SelectedRows)
        {
            selected[at++] = values[row];
        }

        return selected;
    }

    // Rows that are not selected are not looked at, but some stages read whole columns.
    private static void Spread<T>(EventBatch batch, T[] selected, T[] values, T none)
    {
        if (selected.Length != batch.SelectedCount)
        {
            throw new SnapshotException($"The stored rows that wait are damaged: a column has {selected.Length} values for {batch.SelectedCount} rows.");
        }

        Array.Fill(values, none);
        var at = 0;
        foreach (var row in batch.SelectedRows)
        {
            values[row] = selected[at++];
        }
    }

    private static void WriteTexts(SnapshotWriter writer, EventBatch batch, TextColumn texts)
    {
        foreach (var row in batch.SelectedRows)
        {
            writer.Write(texts.Spans[row].IsMissing ? 0L : 1L);
            if (!texts.Spans[row].IsMissing)
            {
                writer.Write(texts[row]);
            }
        }
    }

    private static void ReadTexts(SnapshotReader reader, EventBatch batch, int slot)
    {
        var texts = batch.Pool.RentText();
        batch.Set(slot, texts);
        Array.Fill(texts.Spans, TextSpan.Missing);
        foreach (var row in batch.SelectedRows)
        {
            if (reader.ReadInt32(0, 1) == 1)
            {
                texts.Spans[row] = texts.Arena.Append(reader.ReadBytes());
            }
        }
    }
}
