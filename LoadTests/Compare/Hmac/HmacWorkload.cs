using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.LoadTests.Compare.Hmac;

/// <summary>A batch of identifiers and the ways to make tokens of them.</summary>
internal sealed class HmacWorkload
{
    /// <summary>Bytes in an identifier.</summary>
    public const int MessageBytes = 24;

    private const int Messages = 4096;
    private const int KeyBytes = 32;
    private const int Seed = 20260301;

    private readonly byte[] _keyBytes = new byte[KeyBytes];
    private readonly byte[] _data = new byte[Messages * MessageBytes];
    private readonly int[] _offsets = [.. Enumerable.Range(0, Messages).Select(i => i * MessageBytes)];
    private readonly int[] _lengths = [.. Enumerable.Repeat(MessageBytes, Messages)];
    private readonly HmacSha256Key _key;
    private readonly IncrementalHash _incremental;

    public HmacWorkload()
    {
        var random = new Random(Seed);
        random.NextBytes(_keyBytes);
        random.NextBytes(_data);
        _key = new HmacSha256Key(_keyBytes);
        _incremental = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _keyBytes);
    }

    /// <summary>The tokens of the last pass.</summary>
    public UInt128[] Tokens { get; } = new UInt128[Messages];

    /// <summary>The product's kernel.</summary>
    /// <param name="path">Which instructions.</param>
    /// <returns>The number of tokens.</returns>
    public long Batch(HmacPath path)
    {
        HmacSha256MultiBuffer.ComputeTokens(_key, _data, _offsets, _lengths, Tokens, path);
        return Messages;
    }

    /// <summary>The framework's one-shot call per identifier.</summary>
    /// <returns>The number of tokens.</returns>
    public long HashData()
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (int i = 0; i < Messages; i++)
        {
            HMACSHA256.HashData(_keyBytes, _data.AsSpan(_offsets[i], _lengths[i]), digest);
            Tokens[i] = MemoryMarshal.Read<UInt128>(digest);
        }

        return Messages;
    }

    /// <summary>The framework's incremental hash, keyed once.</summary>
    /// <returns>The number of tokens.</returns>
    public long Incremental()
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (int i = 0; i < Messages; i++)
        {
            _incremental.AppendData(_data.AsSpan(_offsets[i], _lengths[i]));
            _incremental.GetHashAndReset(digest);
            Tokens[i] = MemoryMarshal.Read<UInt128>(digest);
        }

        return Messages;
    }
}
