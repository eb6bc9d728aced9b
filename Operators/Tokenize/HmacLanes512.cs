using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>HMAC-SHA-256 of up to 16 messages side by side, with AVX-512.</summary>
internal static class HmacLanes512
{
    /// <summary>Messages in a group.</summary>
    public const int Lanes = 16;

    /// <summary>Computes the tokens of a group.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">1 to 16 rows of it; the fewer their numbers of blocks differ, the less work is idle.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ComputeTokens(in HmacBatch batch, ReadOnlySpan<int> rows)
    {
        Lanes16 offsets = default;
        Lanes16 lengths = default;
        for (int lane = 0; lane < Lanes; lane++)
        {
            // A group that is not full repeats its first message; those tokens are not stored.
            int row = rows[lane < rows.Length ? lane : 0];
            offsets[lane] = batch.Offsets[row];
            lengths[lane] = batch.Lengths[row];
        }

        Ring w;
        Unsafe.SkipInit(out w);
        State state = Broadcast(batch.States[..Sha256Constants.StateWords]);
        Inner(batch.Data, offsets, lengths, ref state, ref w[0]);
        Outer(batch.States[Sha256Constants.StateWords..], ref state, ref w[0]);
        Store(state, rows, batch.Tokens, ref w[0]);
    }

    private static void Inner(ReadOnlySpan<byte> data, ReadOnlySpan<int> offsets, ReadOnlySpan<int> lengths, ref State state, ref Vector512<uint> w)
    {
        Vector512<uint> length = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(lengths)).AsUInt32();
        Vector512<uint> bits = (length + Vector512.Create((uint)Sha256Constants.BlockBytes)) << 3;
        Vector512<uint> blocks = (length + Vector512.Create((uint)(Sha256Constants.PaddingBytes + Sha256Constants.BlockBytes - 1))) >>> 6;
        for (uint block = 0; ; block++)
        {
            LoadBlocks(data, offsets, lengths, (int)block, ref w);
            Transpose16.InPlace(ref w);
            Vector512<uint> number = Vector512.Create(block + 1);
            Unsafe.Add(ref w, 15) |= bits & Vector512.Equals(blocks, number);
            State before = state;
            Sha256Lanes512.Compress(ref state[0], ref w);
            if (block > 0)
            {
                Freeze(Vector512.LessThan(blocks, number), before, ref state);
            }

            if (!Vector512.GreaterThanAny(blocks, number))
            {
                return;
            }
        }
    }

    // Lanes whose message has ended keep their state while others go on.
    private static void Freeze(Vector512<uint> ended, in State before, ref State state)
    {
        for (int i = 0; i < Sha256Constants.StateWords; i++)
        {
            state[i] = Vector512.ConditionalSelect(ended, before[i], state[i]);
        }
    }

    // The message is the inner digest, 32 bytes after the key's block of 64.
    private static void Outer(ReadOnlySpan<uint> start, ref State state, ref Vector512<uint> w)
    {
        for (int i = 0; i < Sha256Constants.StateWords; i++)
        {
            Unsafe.Add(ref w, i) = state[i];
            Unsafe.Add(ref w, Sha256Constants.StateWords + i) = Vector512<uint>.Zero;
        }

        Unsafe.Add(ref w, 8) = Vector512.Create(0x80000000u);
        Unsafe.Add(ref w, 15) = Vector512.Create((64u + 32u) * 8u);
        state = Broadcast(start);
        Sha256Lanes512.Compress(ref state[0], ref w);
    }

    // One block of each lane, padded, its words turned to the processor's byte order; row i of the matrix is lane i.
    private static void LoadBlocks(ReadOnlySpan<byte> data, ReadOnlySpan<int> offsets, ReadOnlySpan<int> lengths, int block, ref Vector512<uint> w)
    {
        ref byte bytes = ref MemoryMarshal.GetReference(data);
        ref byte keep = ref MemoryMarshal.GetReference(Sha256Constants.KeepBytes);
        ref byte bit = ref MemoryMarshal.GetReference(Sha256Constants.PaddingBit);
        Vector512<byte> reverse = Vector512.Create(0x0405060700010203ul, 0x0c0d0e0f08090a0bul, 0x0405060700010203ul, 0x0c0d0e0f08090a0bul,
            0x0405060700010203ul, 0x0c0d0e0f08090a0bul, 0x0405060700010203ul, 0x0c0d0e0f08090a0bul).AsByte();
        nint done = (nint)block * Sha256Constants.BlockBytes;
        for (int lane = 0; lane < Lanes; lane++)
        {
            nint start = offsets[lane] + done;
            nint left = nint.Clamp(lengths[lane] - done, -1, Sha256Constants.BlockBytes);
            Vector512<byte> raw = start <= data.Length - Sha256Constants.BlockBytes
                ? Vector512.LoadUnsafe(ref Unsafe.Add(ref bytes, start))
                : LoadTail(data, start, left);
            nint table = Sha256Constants.BlockBytes - left;
            Vector512<byte> padded = (raw & Vector512.LoadUnsafe(ref Unsafe.Add(ref keep, table))) | Vector512.LoadUnsafe(ref Unsafe.Add(ref bit, table));
            Unsafe.Add(ref w, lane) = Avx512BW.Shuffle(padded, reverse).AsUInt32();
        }
    }

    // A load of 64 bytes would pass the end of the buffer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<byte> LoadTail(ReadOnlySpan<byte> data, nint start, nint left)
    {
        Span<byte> block = stackalloc byte[Sha256Constants.BlockBytes];
        block.Clear();
        if (left > 0)
        {
            data.Slice((int)start, (int)left).CopyTo(block);
        }

        return Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(block));
    }

    // Words 0 to 3 of each lane become the 16 bytes of its token.
    private static void Store(in State state, ReadOnlySpan<int> rows, Span<UInt128> tokens, ref Vector512<uint> scratch)
    {
        Transpose16.FirstFour(state[0], state[1], state[2], state[3], ref scratch);
        ref UInt128 lanes = ref Unsafe.As<Vector512<uint>, UInt128>(ref scratch);
        for (int lane = 0; lane < rows.Length; lane++)
        {
            tokens[rows[lane]] = Unsafe.Add(ref lanes, Transpose16.PlaceOf(lane));
        }
    }

    private static State Broadcast(ReadOnlySpan<uint> words)
    {
        State state;
        Unsafe.SkipInit(out state);
        for (int i = 0; i < Sha256Constants.StateWords; i++)
        {
            state[i] = Vector512.Create(words[i]);
        }

        return state;
    }

    [InlineArray(Lanes)]
    private struct Lanes16
    {
        private int _first;
    }

    [InlineArray(Sha256Constants.StateWords)]
    private struct State
    {
        private Vector512<uint> _first;
    }

    [InlineArray(Lanes)]
    private struct Ring
    {
        private Vector512<uint> _first;
    }
}
