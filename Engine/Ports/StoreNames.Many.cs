namespace AkkaPrivacy.Engine.Ports;

/// <content>What calls for several streams or rows may name.</content>
public static partial class StoreNames
{
    /// <summary>Checks what is read of several streams.</summary>
    /// <param name="streams">The places.</param>
    /// <param name="limit">At most so many events of each.</param>
    /// <exception cref="ArgumentException">A name, version or the limit is out of range.</exception>
    public static void CheckPlaces(IReadOnlyList<StreamPlace> streams, int limit)
    {
        ArgumentNullException.ThrowIfNull(streams);
        CheckLimit(limit);
        foreach (var place in streams)
        {
            CheckName(place.Stream);
            ArgumentOutOfRangeException.ThrowIfNegative(place.AfterVersion, nameof(streams));
        }
    }

    /// <summary>Checks what is appended to several streams.</summary>
    /// <param name="appends">The appends.</param>
    /// <exception cref="ArgumentException">One is malformed, or a stream is named twice.</exception>
    public static void CheckAppends(IReadOnlyList<StreamAppend> appends)
    {
        ArgumentNullException.ThrowIfNull(appends);
        var seen = new HashSet<string>(appends.Count, StringComparer.Ordinal);
        foreach (var append in appends)
        {
            CheckAppend(append.Stream, append.ExpectedVersion, append.Events);
            CheckOnce(seen, append.Stream, nameof(appends));
        }
    }

    /// <summary>Checks a table and the keys of several rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="keys">The keys.</param>
    /// <exception cref="ArgumentException">A name is out of range.</exception>
    public static void CheckKeys(string table, IReadOnlyList<string> keys)
    {
        CheckName(table);
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
        {
            CheckKey(key);
        }
    }

    /// <summary>Checks several rows that are put.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">The rows.</param>
    /// <exception cref="ArgumentException">A name or a value is out of range, or a key is named twice.</exception>
    public static void CheckRows(string table, IReadOnlyList<NewRow> rows)
    {
        CheckName(table);
        ArgumentNullException.ThrowIfNull(rows);
        var seen = new HashSet<string>(rows.Count, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            CheckKey(row.Key);
            CheckValue(row.Value);
            CheckOnce(seen, row.Key, nameof(rows));
        }
    }

    // A key may name a subject, so the message does not have it.
    private static void CheckOnce(HashSet<string> seen, string name, string parameter)
    {
        if (!seen.Add(name))
        {
            throw new ArgumentException("A call for several streams or rows names one of them twice.", parameter);
        }
    }
}
