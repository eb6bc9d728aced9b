using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Sessions;

/// <summary>A session so far. Merging is commutative and associative, so that a session does not depend on the order in which
/// its rows come.</summary>
/// <param name="start">Its first row's time.</param>
/// <param name="end">Its last row's time.</param>
/// <param name="events">Its rows.</param>
/// <param name="values">The values that it keeps, by field.</param>
internal sealed class Session(long start, long end, long events, KeptValue[] values)
{
    public long Start { get; private set; } = start;

    public long End { get; private set; } = end;

    public long Events { get; private set; } = events;

    public IReadOnlyList<KeptValue> Values => values;

    /// <summary>Adds another session, or a row as a session of its own.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="fields">The fields of its values.</param>
    public void Merge(Session other, IReadOnlyList<SessionField> fields)
    {
        (Start, End, Events) = (Math.Min(Start, other.Start), Math.Max(End, other.End), Events + other.Events);
        for (var i = 0; i < values.Length; i++)
        {
            var isOther = other.Values[i].CompareTo(values[i]) is var order && (fields[i].IsLast ? order > 0 : order < 0);
            values[i] = !values[i].IsThere || (other.Values[i].IsThere && isOther) ? other.Values[i] : values[i];
        }
    }

    public void Write(SnapshotWriter writer)
    {
        writer.Write(Start);
        writer.Write(End);
        writer.Write(Events);
        foreach (var value in values)
        {
            writer.Write(value.IsThere ? 1L : 0L);
            writer.Write(value.TimeMs);
            writer.Write(value.Number);
            writer.Write(value.Text.Span);
        }
    }

    public static Session Read(SnapshotReader reader, int fields)
    {
        var (start, end, events) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        var values = new KeptValue[fields];
        for (var i = 0; i < fields; i++)
        {
            var isThere = reader.ReadInt32(0, 1) == 1;
            values[i] = new KeptValue(isThere, reader.ReadInt64(), reader.ReadInt64(), reader.ReadBytes().ToArray());
        }

        return start <= end && events >= 1
            ? new Session(start, end, events, values)
            : throw new SnapshotException("The stored state is damaged: a session is not possible.");
    }
}

/// <summary>A value with the time of its row. Of rows at one time the value itself decides, not the order of arrival.</summary>
/// <param name="IsThere">Whether any row had a value.</param>
/// <param name="TimeMs">The row's time.</param>
/// <param name="Number">The number; 0 for a text.</param>
/// <param name="Text">The text; empty for a number.</param>
internal readonly record struct KeptValue(bool IsThere, long TimeMs, long Number, ReadOnlyMemory<byte> Text) : IComparable<KeptValue>
{
    public int CompareTo(KeptValue other)
    {
        var byTime = TimeMs.CompareTo(other.TimeMs);
        var byNumber = byTime != 0 ? byTime : Number.CompareTo(other.Number);
        return byNumber != 0 ? byNumber : Text.Span.SequenceCompareTo(other.Text.Span);
    }
}
