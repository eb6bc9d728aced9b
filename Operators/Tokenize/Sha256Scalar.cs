using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>The SHA-256 compression function (FIPS 180-4, 6.2.2), one message at a time.</summary>
internal static class Sha256Scalar
{
    /// <summary>Mixes one block into a state.</summary>
    /// <param name="state">8 words, replaced.</param>
    /// <param name="block">64 bytes.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[16];
        MemoryMarshal.Cast<byte, uint>(block)[..16].CopyTo(words);
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(words, words);
        }

        Compress(ref MemoryMarshal.GetReference(state[..8]), ref MemoryMarshal.GetReference(words));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress(ref uint state, ref uint w)
    {
        ref uint k = ref MemoryMarshal.GetReference(Sha256Constants.RoundConstants);
        uint a = state, b = Unsafe.Add(ref state, 1), c = Unsafe.Add(ref state, 2), d = Unsafe.Add(ref state, 3);
        uint e = Unsafe.Add(ref state, 4), f = Unsafe.Add(ref state, 5), g = Unsafe.Add(ref state, 6), h = Unsafe.Add(ref state, 7);
        for (int i = 0; i < 64; i += 8)
        {
            uint t = Mix(e, f, g, h, Word(ref w, ref k, i));
            d += t;
            h = t + Blend(a, b, c);
            t = Mix(d, e, f, g, Word(ref w, ref k, i + 1));
            c += t;
            g = t + Blend(h, a, b);
            t = Mix(c, d, e, f, Word(ref w, ref k, i + 2));
            b += t;
            f = t + Blend(g, h, a);
            t = Mix(b, c, d, e, Word(ref w, ref k, i + 3));
            a += t;
            e = t + Blend(f, g, h);
            t = Mix(a, b, c, d, Word(ref w, ref k, i + 4));
            h += t;
            d = t + Blend(e, f, g);
            t = Mix(h, a, b, c, Word(ref w, ref k, i + 5));
            g += t;
            c = t + Blend(d, e, f);
            t = Mix(g, h, a, b, Word(ref w, ref k, i + 6));
            f += t;
            b = t + Blend(c, d, e);
            t = Mix(f, g, h, a, Word(ref w, ref k, i + 7));
            e += t;
            a = t + Blend(b, c, d);
        }

        state += a;
        Unsafe.Add(ref state, 1) += b;
        Unsafe.Add(ref state, 2) += c;
        Unsafe.Add(ref state, 3) += d;
        Unsafe.Add(ref state, 4) += e;
        Unsafe.Add(ref state, 5) += f;
        Unsafe.Add(ref state, 6) += g;
        Unsafe.Add(ref state, 7) += h;
    }

    // The schedule is a ring of 16 words; each is extended in place just before the round that uses it again.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ref uint w, ref uint k, int i)
    {
        ref uint word = ref Unsafe.Add(ref w, i & 15);
        if (i >= 16)
        {
            uint x = Unsafe.Add(ref w, (i + 1) & 15);
            uint y = Unsafe.Add(ref w, (i + 14) & 15);
            word += (BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3))
                + Unsafe.Add(ref w, (i + 9) & 15)
                + (BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10));
        }

        return word + Unsafe.Add(ref k, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mix(uint e, uint f, uint g, uint h, uint word) =>
        h + word + (g ^ (e & (f ^ g)))
        + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Blend(uint a, uint b, uint c) =>
        ((a & b) | (c & (a | b)))
        + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22));
}
