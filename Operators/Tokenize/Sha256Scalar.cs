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
        uint t;
        t = Mix(e, f, g, h, Unsafe.Add(ref w, 0) + Unsafe.Add(ref k, 0));
        d += t;
        h = t + Blend(a, b, c);
        t = Mix(d, e, f, g, Unsafe.Add(ref w, 1) + Unsafe.Add(ref k, 1));
        c += t;
        g = t + Blend(h, a, b);
        t = Mix(c, d, e, f, Unsafe.Add(ref w, 2) + Unsafe.Add(ref k, 2));
        b += t;
        f = t + Blend(g, h, a);
        t = Mix(b, c, d, e, Unsafe.Add(ref w, 3) + Unsafe.Add(ref k, 3));
        a += t;
        e = t + Blend(f, g, h);
        t = Mix(a, b, c, d, Unsafe.Add(ref w, 4) + Unsafe.Add(ref k, 4));
        h += t;
        d = t + Blend(e, f, g);
        t = Mix(h, a, b, c, Unsafe.Add(ref w, 5) + Unsafe.Add(ref k, 5));
        g += t;
        c = t + Blend(d, e, f);
        t = Mix(g, h, a, b, Unsafe.Add(ref w, 6) + Unsafe.Add(ref k, 6));
        f += t;
        b = t + Blend(c, d, e);
        t = Mix(f, g, h, a, Unsafe.Add(ref w, 7) + Unsafe.Add(ref k, 7));
        e += t;
        a = t + Blend(b, c, d);
        t = Mix(e, f, g, h, Unsafe.Add(ref w, 8) + Unsafe.Add(ref k, 8));
        d += t;
        h = t + Blend(a, b, c);
        t = Mix(d, e, f, g, Unsafe.Add(ref w, 9) + Unsafe.Add(ref k, 9));
        c += t;
        g = t + Blend(h, a, b);
        t = Mix(c, d, e, f, Unsafe.Add(ref w, 10) + Unsafe.Add(ref k, 10));
        b += t;
        f = t + Blend(g, h, a);
        t = Mix(b, c, d, e, Unsafe.Add(ref w, 11) + Unsafe.Add(ref k, 11));
        a += t;
        e = t + Blend(f, g, h);
        t = Mix(a, b, c, d, Unsafe.Add(ref w, 12) + Unsafe.Add(ref k, 12));
        h += t;
        d = t + Blend(e, f, g);
        t = Mix(h, a, b, c, Unsafe.Add(ref w, 13) + Unsafe.Add(ref k, 13));
        g += t;
        c = t + Blend(d, e, f);
        t = Mix(g, h, a, b, Unsafe.Add(ref w, 14) + Unsafe.Add(ref k, 14));
        f += t;
        b = t + Blend(c, d, e);
        t = Mix(f, g, h, a, Unsafe.Add(ref w, 15) + Unsafe.Add(ref k, 15));
        e += t;
        a = t + Blend(b, c, d);

        for (nint r = 16; r < 64; r += 16)
        {
            t = Mix(e, f, g, h, Extend(ref w, 0) + Unsafe.Add(ref k, r + 0));
            d += t;
            h = t + Blend(a, b, c);
            t = Mix(d, e, f, g, Extend(ref w, 1) + Unsafe.Add(ref k, r + 1));
            c += t;
            g = t + Blend(h, a, b);
            t = Mix(c, d, e, f, Extend(ref w, 2) + Unsafe.Add(ref k, r + 2));
            b += t;
            f = t + Blend(g, h, a);
            t = Mix(b, c, d, e, Extend(ref w, 3) + Unsafe.Add(ref k, r + 3));
            a += t;
            e = t + Blend(f, g, h);
            t = Mix(a, b, c, d, Extend(ref w, 4) + Unsafe.Add(ref k, r + 4));
            h += t;
            d = t + Blend(e, f, g);
            t = Mix(h, a, b, c, Extend(ref w, 5) + Unsafe.Add(ref k, r + 5));
            g += t;
            c = t + Blend(d, e, f);
            t = Mix(g, h, a, b, Extend(ref w, 6) + Unsafe.Add(ref k, r + 6));
            f += t;
            b = t + Blend(c, d, e);
            t = Mix(f, g, h, a, Extend(ref w, 7) + Unsafe.Add(ref k, r + 7));
            e += t;
            a = t + Blend(b, c, d);
            t = Mix(e, f, g, h, Extend(ref w, 8) + Unsafe.Add(ref k, r + 8));
            d += t;
            h = t + Blend(a, b, c);
            t = Mix(d, e, f, g, Extend(ref w, 9) + Unsafe.Add(ref k, r + 9));
            c += t;
            g = t + Blend(h, a, b);
            t = Mix(c, d, e, f, Extend(ref w, 10) + Unsafe.Add(ref k, r + 10));
            b += t;
            f = t + Blend(g, h, a);
            t = Mix(b, c, d, e, Extend(ref w, 11) + Unsafe.Add(ref k, r + 11));
            a += t;
            e = t + Blend(f, g, h);
            t = Mix(a, b, c, d, Extend(ref w, 12) + Unsafe.Add(ref k, r + 12));
            h += t;
            d = t + Blend(e, f, g);
            t = Mix(h, a, b, c, Extend(ref w, 13) + Unsafe.Add(ref k, r + 13));
            g += t;
            c = t + Blend(d, e, f);
            t = Mix(g, h, a, b, Extend(ref w, 14) + Unsafe.Add(ref k, r + 14));
            f += t;
            b = t + Blend(c, d, e);
            t = Mix(f, g, h, a, Extend(ref w, 15) + Unsafe.Add(ref k, r + 15));
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
    private static uint Extend(ref uint w, int i)
    {
        uint w1 = Unsafe.Add(ref w, (i + 1) & 15);
        uint w14 = Unsafe.Add(ref w, (i + 14) & 15);
        uint word = Unsafe.Add(ref w, i) + Unsafe.Add(ref w, (i + 9) & 15)
            + (BitOperations.RotateRight(w1, 7) ^ BitOperations.RotateRight(w1, 18) ^ (w1 >> 3))
            + (BitOperations.RotateRight(w14, 17) ^ BitOperations.RotateRight(w14, 19) ^ (w14 >> 10));
        Unsafe.Add(ref w, i) = word;
        return word;
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
