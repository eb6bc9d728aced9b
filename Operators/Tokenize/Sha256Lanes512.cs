using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>The SHA-256 compression function (FIPS 180-4, 6.2.2) on 16 messages side by side, with AVX-512.</summary>
/// <remarks>
/// Lane i of each vector belongs to message i. The 8 state words and the ring of 16 schedule words are 24 of the 32
/// vector registers, so nothing is spilled; a rotation and any function of three inputs are one instruction each.
/// </remarks>
internal static class Sha256Lanes512
{
    // Truth tables of three inputs: bit (4 a + 2 b + c) is the function's value.
    private const byte Choose = 0xca;
    private const byte Majority = 0xe8;
    private const byte Xor = 0x96;

    /// <summary>Whether the processor has the instructions.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported;

    /// <summary>Mixes one block per lane into the lanes' states.</summary>
    /// <param name="state">The first of 8 words, replaced.</param>
    /// <param name="w">The first of 16 message words, in the processor's byte order.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(ref Vector512<uint> state, ref Vector512<uint> w)
    {
        ref uint k = ref MemoryMarshal.GetReference(Sha256Constants.RoundConstants);
        Vector512<uint> t;
        Vector512<uint> a = state;
        Vector512<uint> b = Unsafe.Add(ref state, 1);
        Vector512<uint> c = Unsafe.Add(ref state, 2);
        Vector512<uint> d = Unsafe.Add(ref state, 3);
        Vector512<uint> e = Unsafe.Add(ref state, 4);
        Vector512<uint> f = Unsafe.Add(ref state, 5);
        Vector512<uint> g = Unsafe.Add(ref state, 6);
        Vector512<uint> h = Unsafe.Add(ref state, 7);
        Vector512<uint> w0 = w;
        Vector512<uint> w1 = Unsafe.Add(ref w, 1);
        Vector512<uint> w2 = Unsafe.Add(ref w, 2);
        Vector512<uint> w3 = Unsafe.Add(ref w, 3);
        Vector512<uint> w4 = Unsafe.Add(ref w, 4);
        Vector512<uint> w5 = Unsafe.Add(ref w, 5);
        Vector512<uint> w6 = Unsafe.Add(ref w, 6);
        Vector512<uint> w7 = Unsafe.Add(ref w, 7);
        Vector512<uint> w8 = Unsafe.Add(ref w, 8);
        Vector512<uint> w9 = Unsafe.Add(ref w, 9);
        Vector512<uint> w10 = Unsafe.Add(ref w, 10);
        Vector512<uint> w11 = Unsafe.Add(ref w, 11);
        Vector512<uint> w12 = Unsafe.Add(ref w, 12);
        Vector512<uint> w13 = Unsafe.Add(ref w, 13);
        Vector512<uint> w14 = Unsafe.Add(ref w, 14);
        Vector512<uint> w15 = Unsafe.Add(ref w, 15);
        t = Mix(e, f, g, h, w0 + Constant(ref k, 0));
        d += t;
        h = t + Blend(a, b, c);
        t = Mix(d, e, f, g, w1 + Constant(ref k, 1));
        c += t;
        g = t + Blend(h, a, b);
        t = Mix(c, d, e, f, w2 + Constant(ref k, 2));
        b += t;
        f = t + Blend(g, h, a);
        t = Mix(b, c, d, e, w3 + Constant(ref k, 3));
        a += t;
        e = t + Blend(f, g, h);
        t = Mix(a, b, c, d, w4 + Constant(ref k, 4));
        h += t;
        d = t + Blend(e, f, g);
        t = Mix(h, a, b, c, w5 + Constant(ref k, 5));
        g += t;
        c = t + Blend(d, e, f);
        t = Mix(g, h, a, b, w6 + Constant(ref k, 6));
        f += t;
        b = t + Blend(c, d, e);
        t = Mix(f, g, h, a, w7 + Constant(ref k, 7));
        e += t;
        a = t + Blend(b, c, d);
        t = Mix(e, f, g, h, w8 + Constant(ref k, 8));
        d += t;
        h = t + Blend(a, b, c);
        t = Mix(d, e, f, g, w9 + Constant(ref k, 9));
        c += t;
        g = t + Blend(h, a, b);
        t = Mix(c, d, e, f, w10 + Constant(ref k, 10));
        b += t;
        f = t + Blend(g, h, a);
        t = Mix(b, c, d, e, w11 + Constant(ref k, 11));
        a += t;
        e = t + Blend(f, g, h);
        t = Mix(a, b, c, d, w12 + Constant(ref k, 12));
        h += t;
        d = t + Blend(e, f, g);
        t = Mix(h, a, b, c, w13 + Constant(ref k, 13));
        g += t;
        c = t + Blend(d, e, f);
        t = Mix(g, h, a, b, w14 + Constant(ref k, 14));
        f += t;
        b = t + Blend(c, d, e);
        t = Mix(f, g, h, a, w15 + Constant(ref k, 15));
        e += t;
        a = t + Blend(b, c, d);

        for (nint r = 16; r < 64; r += 16)
        {
            w0 = Extend(w0, w1, w9, w14);
            t = Mix(e, f, g, h, w0 + Constant(ref k, r + 0));
            d += t;
            h = t + Blend(a, b, c);
            w1 = Extend(w1, w2, w10, w15);
            t = Mix(d, e, f, g, w1 + Constant(ref k, r + 1));
            c += t;
            g = t + Blend(h, a, b);
            w2 = Extend(w2, w3, w11, w0);
            t = Mix(c, d, e, f, w2 + Constant(ref k, r + 2));
            b += t;
            f = t + Blend(g, h, a);
            w3 = Extend(w3, w4, w12, w1);
            t = Mix(b, c, d, e, w3 + Constant(ref k, r + 3));
            a += t;
            e = t + Blend(f, g, h);
            w4 = Extend(w4, w5, w13, w2);
            t = Mix(a, b, c, d, w4 + Constant(ref k, r + 4));
            h += t;
            d = t + Blend(e, f, g);
            w5 = Extend(w5, w6, w14, w3);
            t = Mix(h, a, b, c, w5 + Constant(ref k, r + 5));
            g += t;
            c = t + Blend(d, e, f);
            w6 = Extend(w6, w7, w15, w4);
            t = Mix(g, h, a, b, w6 + Constant(ref k, r + 6));
            f += t;
            b = t + Blend(c, d, e);
            w7 = Extend(w7, w8, w0, w5);
            t = Mix(f, g, h, a, w7 + Constant(ref k, r + 7));
            e += t;
            a = t + Blend(b, c, d);
            w8 = Extend(w8, w9, w1, w6);
            t = Mix(e, f, g, h, w8 + Constant(ref k, r + 8));
            d += t;
            h = t + Blend(a, b, c);
            w9 = Extend(w9, w10, w2, w7);
            t = Mix(d, e, f, g, w9 + Constant(ref k, r + 9));
            c += t;
            g = t + Blend(h, a, b);
            w10 = Extend(w10, w11, w3, w8);
            t = Mix(c, d, e, f, w10 + Constant(ref k, r + 10));
            b += t;
            f = t + Blend(g, h, a);
            w11 = Extend(w11, w12, w4, w9);
            t = Mix(b, c, d, e, w11 + Constant(ref k, r + 11));
            a += t;
            e = t + Blend(f, g, h);
            w12 = Extend(w12, w13, w5, w10);
            t = Mix(a, b, c, d, w12 + Constant(ref k, r + 12));
            h += t;
            d = t + Blend(e, f, g);
            w13 = Extend(w13, w14, w6, w11);
            t = Mix(h, a, b, c, w13 + Constant(ref k, r + 13));
            g += t;
            c = t + Blend(d, e, f);
            w14 = Extend(w14, w15, w7, w12);
            t = Mix(g, h, a, b, w14 + Constant(ref k, r + 14));
            f += t;
            b = t + Blend(c, d, e);
            w15 = Extend(w15, w0, w8, w13);
            t = Mix(f, g, h, a, w15 + Constant(ref k, r + 15));
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
    private static Vector512<uint> Constant(ref uint k, nint round) => Vector512.Create(Unsafe.Add(ref k, round));

    // h + word + Ch(e, f, g) + Sigma1(e), summed so that what depends on e, the newest value, comes last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Mix(Vector512<uint> e, Vector512<uint> f, Vector512<uint> g, Vector512<uint> h, Vector512<uint> word) =>
        h + word + Avx512F.TernaryLogic(e, f, g, Choose)
        + Avx512F.TernaryLogic(Avx512F.RotateRight(e, 6), Avx512F.RotateRight(e, 11), Avx512F.RotateRight(e, 25), Xor);

    // Maj(a, b, c) + Sigma0(a).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Blend(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Avx512F.TernaryLogic(a, b, c, Majority)
        + Avx512F.TernaryLogic(Avx512F.RotateRight(a, 2), Avx512F.RotateRight(a, 13), Avx512F.RotateRight(a, 22), Xor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Extend(Vector512<uint> w0, Vector512<uint> w1, Vector512<uint> w9, Vector512<uint> w14) =>
        w0 + w9
        + Avx512F.TernaryLogic(Avx512F.RotateRight(w1, 7), Avx512F.RotateRight(w1, 18), w1 >>> 3, Xor)
        + Avx512F.TernaryLogic(Avx512F.RotateRight(w14, 17), Avx512F.RotateRight(w14, 19), w14 >>> 10, Xor);
}
