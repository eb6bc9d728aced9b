using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Sessions;

/// <summary>Turns rows into sessions and sessions into rows.</summary>
/// <param name="columns">Where the columns are.</param>
/// <param name="pool">Where batches come from.</param>
/// <param name="outlet">Where they go.</param>
internal sealed class SessionBatch(SessionColumns columns, BatchPool pool, IOutlet<EventBatch> outlet)
{
    private readonly List<(Token Token, Session Session)> _rows = [];

    /// <summary>A row as a session of its own.</summary>
    public static Session Read(EventBatch batch, int row, IReadOnlyList<SessionField> fields)
    {
        var time = batch.Int64(RowSchema.EventTime).Values[row];
        var values = new KeptValue[fields.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(batch, row, time, fields[i]);
        }

        return new Session(time, time, 1, values);
    }

    public void Add(Token token, Session session)
    {
        _rows.Add((token, session));
        if (_rows.Count == EventBatch.Capacity)
        {
            Flush();
        }
    }

    public void Flush()
    {
        if (_rows.Count == 0)
        {
            return;
        }

        var batch = pool.RentBatch();
        batch.SelectAll(_rows.Count);
        SetNumbers(batch, RowSchema.EventTime, session => session.Start);
        SetNumbers(batch, RowSchema.Arrival, session => session.End);
        SetNumbers(batch, columns.Duration, session => session.End - session.Start);
        SetNumbers(batch, columns.Events, session => session.Events);
        SetTokens(batch);
        for (var i = 0; i < columns.Fields.Count; i++)
        {
            SetValues(batch, i);
        }

        _rows.Clear();
        outlet.Push(batch);
    }

    private static KeptValue Value(EventBatch batch, int row, long time, SessionField field)
    {
        if (field.Type == ColumnType.Int64)
        {
            var number = batch.Int64(field.From).Values[row];
            return number == Int64Column.Missing ? default : new KeptValue(true, time, number, default);
        }

        var column = batch.Text(field.From);
        return column.Spans[row].IsMissing ? default : new KeptValue(true, time, 0, column[row].ToArray());
    }

    private void SetNumbers(EventBatch batch, int slot, Func<Session, long> value)
    {
        var column = pool.RentInt64();
        for (var i = 0; i < _rows.Count; i++)
        {
            column.Values[i] = value(_rows[i].Session);
        }

        batch.Set(slot, column);
    }

    private void SetTokens(EventBatch batch)
    {
        var column = pool.RentTokens();
        for (var i = 0; i < _rows.Count; i++)
        {
            column.Values[i] = _rows[i].Token;
        }

        batch.Set(columns.Subject, column);
    }

    private void SetValues(EventBatch batch, int field)
    {
        var (slot, type) = (columns.Fields[field].To, columns.Fields[field].Type);
        if (type == ColumnType.Int64)
        {
            SetNumbers(batch, slot, session => session.Values[field].IsThere ? session.Values[field].Number : Int64Column.Missing);
            return;
        }

        var column = pool.RentText();
        for (var i = 0; i < _rows.Count; i++)
        {
            var value = _rows[i].Session.Values[field];
            column.Spans[i] = value.IsThere ? column.Arena.Append(value.Text.Span) : TextSpan.Missing;
        }

        batch.Set(slot, column);
    }
}
