using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>HMAC-SHA-256 of up to 8 messages side by side, with AVX2.</summary>
/// <remarks>Compiled with full optimisation at once: the first batches of a process are as fast as later ones.</remarks>
internal static class HmacLanes256
{
    /// <summary>Messages in a group.</summary>
    public const int Lanes = 8;

    private const int HalfBlock = 32;

    /// <summary>Computes the tokens of a group.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">1 to 8 rows of it; the fewer their numbers of blocks differ, the less work is idle.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ComputeTokens(in HmacBatch batch, ReadOnlySpan<int> rows)
    {
        Lanes8 offsets = default;
        Lanes8 lengths = default;
        for (int lane = 0; lane < Lanes; lane++)
        {
            // A group that is not full repeats its first message; those tokens are not stored.
            int row = rows[lane < rows.Length ? lane : 0];
            offsets[lane] = batch.Offsets[row];
            lengths[lane] = batch.Lengths[row];
        }

        Scratch scratch;
        Unsafe.SkipInit(out scratch);
        ref Vector256<uint> w = ref Align(ref scratch[0]);
        ref Vector256<uint> state = ref Unsafe.Add(ref w, 16);
        Broadcast(batch.States[..Sha256Constants.StateWords], ref state);
        Inner(batch.Data, offsets, lengths, ref state, ref w);
        Outer(batch.States[Sha256Constants.StateWords..], ref state, ref w);
        Store(ref state, rows, batch.Tokens, ref w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Inner(ReadOnlySpan<byte> data, ReadOnlySpan<int> offsets, ReadOnlySpan<int> lengths, ref Vector256<uint> state, ref Vector256<uint> w)
    {
        Vector256<uint> length = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(lengths)).AsUInt32();
        Vector256<uint> bits = (length + Vector256.Create((uint)Sha256Constants.BlockBytes)) << 3;
        Vector256<uint> blocks = (length + Vector256.Create((uint)(Sha256Constants.PaddingBytes + Sha256Constants.BlockBytes - 1))) >>> 6;
        for (uint block = 0; ; block++)
        {
            LoadBlocks(data, offsets, lengths, (int)block, ref w);
            Vector256<uint> number = Vector256.Create(block + 1);
            Unsafe.Add(ref w, 15) |= bits & Vector256.Equals(blocks, number);
            if (block == 0)
            {
                Sha256Lanes256.Compress(ref state, ref w);
            }
            else
            {
                CompressUnless(Vector256.LessThan(blocks, number), ref state, ref w);
            }

            if (!Vector256.GreaterThanAny(blocks, number))
            {
                return;
            }
        }
    }

    // Lanes whose message has ended keep their state while others go on.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void CompressUnless(Vector256<uint> ended, ref Vector256<uint> state, ref Vector256<uint> w)
    {
        Save before = Unsafe.As<Vector256<uint>, Save>(ref state);
        Sha256Lanes256.Compress(ref state, ref w);
        for (int i = 0; i < Sha256Constants.StateWords; i++)
        {
            ref Vector256<uint> word = ref Unsafe.Add(ref state, i);
            word = Vector256.ConditionalSelect(ended, before[i], word);
        }
    }

    // The message is the inner digest, 32 bytes after the key's block of 64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outer(ReadOnlySpan<uint> start, ref Vector256<uint> state, ref Vector256<uint> w)
    {
        for (int i = 0; i < Sha256Constants.StateWords; i++)
        {
            Unsafe.Add(ref w, i) = Unsafe.Add(ref state, i);
            Unsafe.Add(ref w, Sha256Constants.StateWords + i) = Vector256<uint>.Zero;
        }

        Unsafe.Add(ref w, 8) = Vector256.Create(0x80000000u);
        Unsafe.Add(ref w, 15) = Vector256.Create((64u + 32u) * 8u);
        Broadcast(start, ref state);
        Sha256Lanes256.Compress(ref state, ref w);
    }

    // One block of each lane, padded, its words turned to the processor's byte order and transposed to lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadBlocks(ReadOnlySpan<byte> data, ReadOnlySpan<int> offsets, ReadOnlySpan<int> lengths, int block, ref Vector256<uint> w)
    {
        nint done = (nint)block * Sha256Constants.BlockBytes;
        nint last = data.Length - Sha256Constants.BlockBytes - done;
        bool inside = true;
        for (int lane = 0; lane < Lanes; lane++)
        {
            inside &= offsets[lane] <= last;
        }

        if (!inside)
        {
            LoadNearEnd(data, offsets, lengths, done, ref w);
        }
        else
        {
            ref byte bytes = ref Unsafe.Add(ref MemoryMarshal.GetReference(data), done);
            for (int lane = 0; lane < Lanes; lane++)
            {
                Pad(ref Unsafe.Add(ref bytes, offsets[lane]), Left(lengths[lane], done), ref Unsafe.Add(ref w, lane));
            }
        }

        Transpose8.InPlace(ref w);
        Transpose8.InPlace(ref Unsafe.Add(ref w, Lanes));
    }

    // As LoadBlocks, where a load of 64 bytes would pass the end of the buffer.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void LoadNearEnd(ReadOnlySpan<byte> data, ReadOnlySpan<int> offsets, ReadOnlySpan<int> lengths, nint done, ref Vector256<uint> w)
    {
        Span<byte> block = stackalloc byte[Sha256Constants.BlockBytes];
        for (int lane = 0; lane < Lanes; lane++)
        {
            nint left = Left(lengths[lane], done);
            block.Clear();
            if (left > 0)
            {
                data.Slice((int)(offsets[lane] + done), (int)left).CopyTo(block);
            }

            Pad(ref MemoryMarshal.GetReference(block), left, ref Unsafe.Add(ref w, lane));
        }
    }

    // The message's bytes in this block: 64 when it goes on after it, -1 when it ended before it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Left(int length, nint done) => nint.Clamp(length - done, -1, Sha256Constants.BlockBytes);

    // The block's halves go to row i of the two matrices of 8 rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pad(ref byte source, nint left, ref Vector256<uint> row)
    {
        nint table = Sha256Constants.BlockBytes - left;
        ref byte keep = ref Unsafe.Add(ref MemoryMarshal.GetReference(Sha256Constants.KeepBytes), table);
        ref byte bit = ref Unsafe.Add(ref MemoryMarshal.GetReference(Sha256Constants.PaddingBit), table);
        row = Pad(ref source, ref keep, ref bit);
        Unsafe.Add(ref row, Lanes) = Pad(ref Unsafe.Add(ref source, HalfBlock), ref Unsafe.Add(ref keep, HalfBlock), ref Unsafe.Add(ref bit, HalfBlock));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Pad(ref byte source, ref byte keep, ref byte bit) =>
        Transpose8.ReverseBytes((Vector256.LoadUnsafe(ref source) & Vector256.LoadUnsafe(ref keep)) | Vector256.LoadUnsafe(ref bit)).AsUInt32();

    // Words 0 to 3 of each lane become the 16 bytes of its token.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref Vector256<uint> state, ReadOnlySpan<int> rows, Span<UInt128> tokens, ref Vector256<uint> scratch)
    {
        Transpose8.FirstFour(state, Unsafe.Add(ref state, 1), Unsafe.Add(ref state, 2), Unsafe.Add(ref state, 3), ref scratch);
        ref UInt128 lanes = ref Unsafe.As<Vector256<uint>, UInt128>(ref scratch);
        for (int lane = 0; lane < rows.Length; lane++)
        {
            tokens[rows[lane]] = Unsafe.Add(ref lanes, Transpose8.PlaceOf(lane));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Broadcast(ReadOnlySpan<uint> words, ref Vector256<uint> state)
    {
        for (int i = 0; i < Sha256Constants.StateWords; i++)
        {
            Unsafe.Add(ref state, i) = Vector256.Create(words[i]);
        }
    }

    // The runtime does not align vectors on the stack, and one that lies across two cache lines is slow to reload.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ref Vector256<uint> Align(ref Vector256<uint> first) =>
        ref Unsafe.AddByteOffset(ref first, -(nint)Unsafe.AsPointer(ref first) & (Unsafe.SizeOf<Vector256<uint>>() - 1));

    [InlineArray(Lanes)]
    private struct Lanes8
    {
        private int _first;
    }

    [InlineArray(Sha256Constants.StateWords)]
    private struct Save
    {
        private Vector256<uint> _first;
    }

    // 16 words of a block, 8 of a state, and one for alignment.
    [InlineArray(16 + Sha256Constants.StateWords + 1)]
    private struct Scratch
    {
        private Vector256<uint> _first;
    }
}
