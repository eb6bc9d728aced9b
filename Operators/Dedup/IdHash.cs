using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.Operators.Dedup;

/// <summary>Keyed hashes of event ids, a batch at a time, under a key of its own purpose.</summary>
internal sealed class IdHash : IDisposable
{
    /// <summary>The purpose of the key.</summary>
    public const string Purpose = "stage/dedup";

    private readonly HmacSha256Key _key;
    private readonly int[] _rows = new int[EventBatch.Capacity];
    private readonly int[] _offsets = new int[EventBatch.Capacity];
    private readonly int[] _lengths = new int[EventBatch.Capacity];
    private readonly UInt128[] _hashes = new UInt128[EventBatch.Capacity];
    private readonly byte[] _numbers = new byte[EventBatch.Capacity * sizeof(long)];

    /// <param name="keys">Where the key comes from.</param>
    public IdHash(IKeyRing keys)
    {
        var key = keys.DeriveKey(Purpose);
        try
        {
            _key = new HmacSha256Key(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Hashes the texts of the selected rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="texts">The ids.</param>
    /// <param name="ids">Receives the hashes; zero for a row without an id.</param>
    public void Texts(EventBatch batch, TextColumn texts, Token[] ids)
    {
        var count = 0;
        foreach (var row in batch.SelectedRows)
        {
            var span = texts.Spans[row];
            ids[row] = default;
            if (span.Length > 0)
            {
                (_rows[count], _offsets[count], _lengths[count]) = (row, span.Offset, span.Length);
                count++;
            }
        }

        Hash(texts.Arena.Buffer.AsSpan(0, texts.Arena.Length), count, ids);
    }

    /// <summary>Hashes the numbers of the selected rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="numbers">The ids.</param>
    /// <param name="ids">Receives the hashes; zero for a row without an id.</param>
    public void Numbers(EventBatch batch, long[] numbers, Token[] ids)
    {
        var count = 0;
        foreach (var row in batch.SelectedRows)
        {
            ids[row] = default;
            if (numbers[row] != Int64Column.Missing)
            {
                BinaryPrimitives.WriteInt64LittleEndian(_numbers.AsSpan(count * sizeof(long)), numbers[row]);
                (_rows[count], _offsets[count], _lengths[count]) = (row, count * sizeof(long), sizeof(long));
                count++;
            }
        }

        Hash(_numbers, count, ids);
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();

    private void Hash(ReadOnlySpan<byte> data, int count, Token[] ids)
    {
        HmacSha256MultiBuffer.ComputeTokens(_key, data, _offsets.AsSpan(0, count), _lengths.AsSpan(0, count), _hashes);
        var hashed = MemoryMarshal.Cast<UInt128, Token>(_hashes.AsSpan());
        for (var i = 0; i < count; i++)
        {
            ids[_rows[i]] = hashed[i];
        }
    }
}
