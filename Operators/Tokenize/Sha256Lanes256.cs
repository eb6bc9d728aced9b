using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>The SHA-256 compression function (FIPS 180-4, 6.2.2) on 8 messages side by side, with AVX2.</summary>
/// <remarks>
/// Lane i of each vector belongs to message i. The 8 state words take half of the 16 vector registers; the ring of
/// 16 schedule words stays in memory, where each is extended in place.
/// </remarks>
internal static class Sha256Lanes256
{
    /// <summary>Whether the processor has the instructions.</summary>
    public static bool IsSupported => Vector256.IsHardwareAccelerated && Avx2.IsSupported;

    /// <summary>Mixes one block per lane into the lanes' states.</summary>
    /// <param name="state">The first of 8 words, replaced.</param>
    /// <param name="w">The first of 16 message words, in the processor's byte order; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(ref Vector256<uint> state, ref Vector256<uint> w)
    {
        ref uint k = ref MemoryMarshal.GetReference(Sha256Constants.RoundConstants);
        Vector256<uint> t;
        Vector256<uint> a = state;
        Vector256<uint> b = Unsafe.Add(ref state, 1);
        Vector256<uint> c = Unsafe.Add(ref state, 2);
        Vector256<uint> d = Unsafe.Add(ref state, 3);
        Vector256<uint> e = Unsafe.Add(ref state, 4);
        Vector256<uint> f = Unsafe.Add(ref state, 5);
        Vector256<uint> g = Unsafe.Add(ref state, 6);
        Vector256<uint> h = Unsafe.Add(ref state, 7);
        t = Mix(e, f, g, h, Unsafe.Add(ref w, 0) + Constant(ref k, 0));
        d += t;
        h = t + Blend(a, b, c);
        t = Mix(d, e, f, g, Unsafe.Add(ref w, 1) + Constant(ref k, 1));
        c += t;
        g = t + Blend(h, a, b);
        t = Mix(c, d, e, f, Unsafe.Add(ref w, 2) + Constant(ref k, 2));
        b += t;
        f = t + Blend(g, h, a);
        t = Mix(b, c, d, e, Unsafe.Add(ref w, 3) + Constant(ref k, 3));
        a += t;
        e = t + Blend(f, g, h);
        t = Mix(a, b, c, d, Unsafe.Add(ref w, 4) + Constant(ref k, 4));
        h += t;
        d = t + Blend(e, f, g);
        t = Mix(h, a, b, c, Unsafe.Add(ref w, 5) + Constant(ref k, 5));
        g += t;
        c = t + Blend(d, e, f);
        t = Mix(g, h, a, b, Unsafe.Add(ref w, 6) + Constant(ref k, 6));
        f += t;
        b = t + Blend(c, d, e);
        t = Mix(f, g, h, a, Unsafe.Add(ref w, 7) + Constant(ref k, 7));
        e += t;
        a = t + Blend(b, c, d);
        t = Mix(e, f, g, h, Unsafe.Add(ref w, 8) + Constant(ref k, 8));
        d += t;
        h = t + Blend(a, b, c);
        t = Mix(d, e, f, g, Unsafe.Add(ref w, 9) + Constant(ref k, 9));
        c += t;
        g = t + Blend(h, a, b);
        t = Mix(c, d, e, f, Unsafe.Add(ref w, 10) + Constant(ref k, 10));
        b += t;
        f = t + Blend(g, h, a);
        t = Mix(b, c, d, e, Unsafe.Add(ref w, 11) + Constant(ref k, 11));
        a += t;
        e = t + Blend(f, g, h);
        t = Mix(a, b, c, d, Unsafe.Add(ref w, 12) + Constant(ref k, 12));
        h += t;
        d = t + Blend(e, f, g);
        t = Mix(h, a, b, c, Unsafe.Add(ref w, 13) + Constant(ref k, 13));
        g += t;
        c = t + Blend(d, e, f);
        t = Mix(g, h, a, b, Unsafe.Add(ref w, 14) + Constant(ref k, 14));
        f += t;
        b = t + Blend(c, d, e);
        t = Mix(f, g, h, a, Unsafe.Add(ref w, 15) + Constant(ref k, 15));
        e += t;
        a = t + Blend(b, c, d);

        for (nint r = 16; r < 64; r += 16)
        {
            t = Mix(e, f, g, h, Extend(ref w, 0) + Constant(ref k, r + 0));
            d += t;
            h = t + Blend(a, b, c);
            t = Mix(d, e, f, g, Extend(ref w, 1) + Constant(ref k, r + 1));
            c += t;
            g = t + Blend(h, a, b);
            t = Mix(c, d, e, f, Extend(ref w, 2) + Constant(ref k, r + 2));
            b += t;
            f = t + Blend(g, h, a);
            t = Mix(b, c, d, e, Extend(ref w, 3) + Constant(ref k, r + 3));
            a += t;
            e = t + Blend(f, g, h);
            t = Mix(a, b, c, d, Extend(ref w, 4) + Constant(ref k, r + 4));
            h += t;
            d = t + Blend(e, f, g);
            t = Mix(h, a, b, c, Extend(ref w, 5) + Constant(ref k, r + 5));
            g += t;
            c = t + Blend(d, e, f);
            t = Mix(g, h, a, b, Extend(ref w, 6) + Constant(ref k, r + 6));
            f += t;
            b = t + Blend(c, d, e);
            t = Mix(f, g, h, a, Extend(ref w, 7) + Constant(ref k, r + 7));
            e += t;
            a = t + Blend(b, c, d);
            t = Mix(e, f, g, h, Extend(ref w, 8) + Constant(ref k, r + 8));
            d += t;
            h = t + Blend(a, b, c);
            t = Mix(d, e, f, g, Extend(ref w, 9) + Constant(ref k, r + 9));
            c += t;
            g = t + Blend(h, a, b);
            t = Mix(c, d, e, f, Extend(ref w, 10) + Constant(ref k, r + 10));
            b += t;
            f = t + Blend(g, h, a);
            t = Mix(b, c, d, e, Extend(ref w, 11) + Constant(ref k, r + 11));
            a += t;
            e = t + Blend(f, g, h);
            t = Mix(a, b, c, d, Extend(ref w, 12) + Constant(ref k, r + 12));
            h += t;
            d = t + Blend(e, f, g);
            t = Mix(h, a, b, c, Extend(ref w, 13) + Constant(ref k, r + 13));
            g += t;
            c = t + Blend(d, e, f);
            t = Mix(g, h, a, b, Extend(ref w, 14) + Constant(ref k, r + 14));
            f += t;
            b = t + Blend(c, d, e);
            t = Mix(f, g, h, a, Extend(ref w, 15) + Constant(ref k, r + 15));
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Constant(ref uint k, nint round) => Vector256.Create(Unsafe.Add(ref k, round));

    // h + word + Ch(e, f, g) + Sigma1(e), summed so that what depends on e, the newest value, comes last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Mix(Vector256<uint> e, Vector256<uint> f, Vector256<uint> g, Vector256<uint> h, Vector256<uint> word) =>
        h + word + (g ^ (e & (f ^ g)))
        + ((e >>> 6) ^ (e << 26) ^ (e >>> 11) ^ (e << 21) ^ (e >>> 25) ^ (e << 7));

    // Maj(a, b, c) + Sigma0(a).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Blend(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) =>
        ((a & b) | (c & (a | b)))
        + ((a >>> 2) ^ (a << 30) ^ (a >>> 13) ^ (a << 19) ^ (a >>> 22) ^ (a << 10));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Extend(ref Vector256<uint> w, int i)
    {
        Vector256<uint> w1 = Unsafe.Add(ref w, (i + 1) & 15);
        Vector256<uint> w14 = Unsafe.Add(ref w, (i + 14) & 15);
        Vector256<uint> word = Unsafe.Add(ref w, i) + Unsafe.Add(ref w, (i + 9) & 15)
            + ((w1 >>> 7) ^ (w1 << 25) ^ (w1 >>> 18) ^ (w1 << 14) ^ (w1 >>> 3))
            + ((w14 >>> 17) ^ (w14 << 15) ^ (w14 >>> 19) ^ (w14 << 13) ^ (w14 >>> 10));
        Unsafe.Add(ref w, i) = word;
        return word;
    }
}
