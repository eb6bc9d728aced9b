using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>HMAC-SHA-256 of one message at a time: for processors without wide vectors, and for long messages.</summary>
internal static class HmacScalar
{
    private const int DigestBytes = 32;
    private const byte PaddingBit = 0x80;

    /// <summary>Computes the token of a row.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">The row.</param>
    [SkipLocalsInit]
    public static void ComputeToken(in HmacBatch batch, int row)
    {
        Span<uint> state = stackalloc uint[Sha256Constants.StateWords];
        batch.States[..Sha256Constants.StateWords].CopyTo(state);
        Absorb(state, batch.Data.Slice(batch.Offsets[row], batch.Lengths[row]));

        Span<byte> digest = stackalloc byte[DigestBytes];
        Write(state, digest);
        batch.States[Sha256Constants.StateWords..].CopyTo(state);
        Absorb(state, digest);

        Write(state[..4], MemoryMarshal.AsBytes(batch.Tokens.Slice(row, 1)));
        CryptographicOperations.ZeroMemory(digest);
    }

    // Mixes a message and its padding into a state that one block (the padded key) went into before.
    [SkipLocalsInit]
    private static void Absorb(Span<uint> state, ReadOnlySpan<byte> message)
    {
        ulong bits = 8 * ((ulong)Sha256Constants.BlockBytes + (uint)message.Length);
        for (; message.Length >= Sha256Constants.BlockBytes; message = message[Sha256Constants.BlockBytes..])
        {
            Sha256Scalar.Compress(state, message[..Sha256Constants.BlockBytes]);
        }

        Span<byte> block = stackalloc byte[Sha256Constants.BlockBytes];
        block.Clear();
        message.CopyTo(block);
        block[message.Length] = PaddingBit;
        if (message.Length + Sha256Constants.PaddingBytes > block.Length)
        {
            Sha256Scalar.Compress(state, block);
            block.Clear();
        }

        BinaryPrimitives.WriteUInt64BigEndian(block[^sizeof(ulong)..], bits);
        Sha256Scalar.Compress(state, block);
    }

    private static void Write(ReadOnlySpan<uint> words, Span<byte> destination)
    {
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(i * sizeof(uint))..], words[i]);
        }
    }
}
