using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Reads the keys of a few rows column by column: their probes, and on demand their encoded bytes
/// (<see cref="WindowAggregate.EncodeKey"/>). A missing value is an empty part.</summary>
internal sealed unsafe class KeyChunk
{
    /// <summary>The most rows that are read at once; their probes fit into the first-level cache.</summary>
    public const int Rows = 256;

    /// <summary>By how many rows loops over a chunk may look ahead: so many hashes beyond a chunk's are there,
    /// whatever they hold.</summary>
    public const int Ahead = 64;

    private const int LongestNumber = 20;
    private readonly IReadOnlyList<GroupField> _fields;
    private readonly PinnedMemory _probes = PinnedMemory.Allocate(Rows * sizeof(KeyProbe));
    private readonly PinnedMemory _hashes = PinnedMemory.Allocate((Rows + Ahead) * sizeof(ulong));
    private readonly PinnedMemory _left = PinnedMemory.Allocate(Rows * sizeof(int));
    private readonly PinnedMemory _everyone = PinnedMemory.Allocate(Rows * sizeof(int));
    private readonly TextSpan[] _parts = new TextSpan[Rows];
    private readonly byte[] _number = new byte[LongestNumber];
    private byte[] _encoded = new byte[Rows * 32];
    private byte[] _bytes = [];
    private TextSpan[] _spans = [];
    private int* _rows;

    /// <summary>Makes room for a chunk.</summary>
    /// <param name="fields">The group-by fields, at least one.</param>
    public KeyChunk(IReadOnlyList<GroupField> fields)
    {
        _fields = fields;
        IsNumber = fields is [{ Type: not ColumnType.Text }];
        for (var i = 0; i < Rows; i++)
        {
            Everyone[i] = i;
        }
    }

    /// <summary>Whether keys are one number.</summary>
    public bool IsNumber { get; }

    /// <summary>The probes of the rows read last.</summary>
    public KeyProbe* Probes => (KeyProbe*)_probes.Start;

    /// <summary>The hashes of <see cref="Probes"/>.</summary>
    public ulong* Hashes => (ulong*)_hashes.Start;

    /// <summary>Room for the numbers of rows that a step leaves for later.</summary>
    public int* Left => (int*)_left.Start;

    // The numbers of the rows themselves.
    private int* Everyone => (int*)_everyone.Start;

    /// <summary>Reads the keys of some rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">Which rows; the numbers stay there until all is done with the chunk.</param>
    /// <param name="count">How many, at most <see cref="Rows"/>.</param>
    public void Read(EventBatch batch, int* rows, int count)
    {
        if (IsNumber)
        {
            ReadNumbers(batch.Int64(_fields[0].Slot).Values, rows, count);
        }
        else if (_fields.Count == 1)
        {
            var column = batch.Text(_fields[0].Slot);
            ReadTexts(column.Arena.Buffer, column.Spans, rows, count);
        }
        else
        {
            Encode(batch, rows, count);
            ReadTexts(_encoded, _parts, Everyone, count);
        }
    }

    /// <summary>The encoded key of a row read last; valid until the next call.</summary>
    /// <param name="index">The row's index in the chunk.</param>
    /// <returns>The bytes.</returns>
    public ReadOnlySpan<byte> Encoded(int index) => IsNumber
        ? _number.AsSpan(0, Format((long)Probes[index].First, _number))
        : Text(index);

    /// <summary>Writes a number as a key part.</summary>
    /// <param name="value">The number.</param>
    /// <param name="destination">At least 20 bytes.</param>
    /// <returns>Bytes written; 0 for a missing value.</returns>
    public static int Format(long value, Span<byte> destination)
    {
        if (value == Int64Column.Missing)
        {
            return 0;
        }

        Utf8Formatter.TryFormat(value, destination, out var written);
        return written;
    }

    private void ReadNumbers(long[] values, int* rows, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Put(i, KeyProbe.OfNumber(values[rows[i]]));
        }
    }

    // Most texts fit into a probe and have so many bytes of the arena after them; what else there is is left for later.
    private void ReadTexts(byte[] bytes, TextSpan[] spans, int* rows, int count)
    {
        (_bytes, _spans) = (bytes, spans);
        _rows = rows;
        int left;
        fixed (byte* start = bytes)
        fixed (TextSpan* all = spans)
        {
            left = ReadShort(start, (uint)Math.Max(0, bytes.Length - KeyProbe.Bytes + 1), all, rows, count);
        }

        for (var i = 0; i < left; i++)
        {
            Put(Left[i], KeyProbe.OfBytes(Text(Left[i])));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReadShort(byte* start, uint readable, TextSpan* spans, int* rows, int count)
    {
        var probes = Probes;
        var hashes = Hashes;
        var left = Left;
        var leftOver = 0;
        for (var i = 0; i < count; i++)
        {
            var (offset, length) = ((uint)spans[rows[i]].Offset, (uint)spans[rows[i]].Length);
            if (length > KeyProbe.LongestInline || offset >= readable)
            {
                left[leftOver++] = i;
                continue;
            }

            var probe = KeyProbe.OfReadable(start + offset, length);
            probe.Store((byte*)(probes + i));
            hashes[i] = KeyProbe.HashOf(probe);
        }

        return leftOver;
    }

    private ReadOnlySpan<byte> Text(int index)
    {
        var (offset, length) = _spans[_rows[index]];
        return _bytes.AsSpan(offset, Math.Max(length, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put(int index, KeyProbe probe)
    {
        Probes[index] = probe;
        Hashes[index] = KeyProbe.HashOf(probe.Vector);
    }

    private void Encode(EventBatch batch, int* rows, int count)
    {
        var used = 0;
        for (var i = 0; i < count; i++)
        {
            var begin = used;
            foreach (var field in _fields)
            {
                used += field.Type == ColumnType.Text
                    ? EncodePart(batch.Text(field.Slot)[rows[i]], used)
                    : EncodePart(_number.AsSpan(0, Format(batch.Int64(field.Slot).Values[rows[i]], _number)), used);
            }

            _parts[i] = new TextSpan(begin, used - begin);
        }
    }

    private int EncodePart(ReadOnlySpan<byte> part, int at)
    {
        var needed = sizeof(int) + part.Length;
        if (_encoded.Length - at < needed)
        {
            Array.Resize(ref _encoded, checked(Math.Max(2 * _encoded.Length, at + needed)));
        }

        BinaryPrimitives.WriteInt32LittleEndian(_encoded.AsSpan(at), part.Length);
        part.CopyTo(_encoded.AsSpan(at + sizeof(int)));
        return needed;
    }
}
