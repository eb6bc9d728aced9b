using System.IO.Hashing;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>A table in memory: keys by their bytes, each with one row or with versions in order of their beginning. Immutable,
/// shared by all lanes.</summary>
internal sealed class LookupTable
{
    private readonly int[] _slots;
    private readonly byte[] _keyBytes;
    private readonly int[] _keyEnds;
    private readonly int[] _firstRow;
    private readonly long[]? _validFrom;
    private readonly UInt128[] _rowHashes;

    /// <param name="keys">The keys, each once.</param>
    /// <param name="firstRow">Each key's first row; one more than there are keys, the last one the number of rows.</param>
    /// <param name="validFrom">When each row begins to hold, ascending for each key; null when it always does.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="hash">Hash of the content.</param>
    /// <param name="rowHashes">Hash of each row with its key and time.</param>
    public LookupTable(IReadOnlyList<byte[]> keys, int[] firstRow, long[]? validFrom, IReadOnlyList<LookupColumn> columns, string hash, UInt128[] rowHashes)
    {
        (_firstRow, _validFrom, Columns, Hash, _rowHashes) = (firstRow, validFrom, columns, hash, rowHashes);
        _keyBytes = [.. keys.SelectMany(key => key)];
        _keyEnds = new int[keys.Count];
        _slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * keys.Count))];
        var end = 0;
        for (var i = 0; i < keys.Count; i++)
        {
            _keyEnds[i] = end += keys[i].Length;
            var slot = (int)XxHash3.HashToUInt64(keys[i]) & (_slots.Length - 1);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = i + 1;
        }
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<LookupColumn> Columns { get; }

    /// <summary>Hash of keys, times and values, whatever their order in the file; 16 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>Number of rows.</summary>
    public int Rows => _firstRow[^1];

    /// <summary>The row of a key that holds at a time.</summary>
    /// <param name="key">The key's bytes.</param>
    /// <param name="time">Event time in milliseconds; ignored where rows always hold.</param>
    /// <returns>The row, or -1.</returns>
    public int Find(ReadOnlySpan<byte> key, long time)
    {
        var slot = (int)XxHash3.HashToUInt64(key) & (_slots.Length - 1);
        for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            var found = _slots[slot] - 1;
            var begin = found == 0 ? 0 : _keyEnds[found - 1];
            if (_keyBytes.AsSpan(begin, _keyEnds[found] - begin).SequenceEqual(key))
            {
                return _validFrom is null ? _firstRow[found] : At(_firstRow[found], _firstRow[found + 1], time);
            }
        }

        return -1;
    }

    /// <summary>Number and content of the versions that begin at or before a time, whatever their order.</summary>
    /// <param name="time">Event time in milliseconds.</param>
    /// <returns>Their number, and the sum of their hashes.</returns>
    public (int Rows, UInt128 Content) History(long time)
    {
        var (rows, content) = (0, UInt128.Zero);
        for (var row = 0; row < Rows; row++)
        {
            if (_validFrom is null || _validFrom[row] <= time)
            {
                rows++;
                content += _rowHashes[row];
            }
        }

        return (rows, content);
    }

    // The last version that begins at or before the time.
    private int At(int first, int end, long time)
    {
        var place = Array.BinarySearch(_validFrom!, first, end - first, time);
        place = place >= 0 ? place : ~place - 1;
        return place >= first ? place : -1;
    }
}

/// <summary>A column of a table; the row behind the last one holds its default.</summary>
/// <param name="Texts">Places of the texts; empty for numbers.</param>
/// <param name="Arena">What they point into; null for numbers.</param>
/// <param name="Numbers">The numbers; empty for texts.</param>
internal sealed record LookupColumn(TextSpan[] Texts, ByteArena? Arena, long[] Numbers);
