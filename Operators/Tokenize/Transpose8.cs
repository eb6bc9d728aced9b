using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>Transposes words between 8 messages and 8 lanes, with AVX2.</summary>
internal static class Transpose8
{
    /// <summary>Transposes a matrix of 8 rows of 8 words.</summary>
    /// <param name="m">The first row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InPlace(ref Vector256<uint> m)
    {
        // First within each 128-bit half: rows 4q to 4q + 3 become columns k and k + 4 of that quad.
        Quad(m, Unsafe.Add(ref m, 1), Unsafe.Add(ref m, 2), Unsafe.Add(ref m, 3), ref m);
        Quad(Unsafe.Add(ref m, 4), Unsafe.Add(ref m, 5), Unsafe.Add(ref m, 6), Unsafe.Add(ref m, 7), ref Unsafe.Add(ref m, 4));

        // Then the halves themselves.
        for (nint k = 0; k < 4; k++)
        {
            Vector256<uint> q0 = Unsafe.Add(ref m, k), q1 = Unsafe.Add(ref m, k + 4);
            Unsafe.Add(ref m, k) = Avx2.Permute2x128(q0, q1, 0x20);
            Unsafe.Add(ref m, k + 4) = Avx2.Permute2x128(q0, q1, 0x31);
        }
    }

    /// <summary>Gathers the first four words of each lane, as 16 bytes in big-endian order.</summary>
    /// <param name="a">Word 0 of each lane.</param>
    /// <param name="b">Word 1.</param>
    /// <param name="c">Word 2.</param>
    /// <param name="d">Word 3.</param>
    /// <param name="result">The first of 4 vectors; lane i's bytes lie at <see cref="PlaceOf"/>(i).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FirstFour(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, ref Vector256<uint> result)
    {
        Quad(a, b, c, d, ref result);
        for (nint i = 0; i < 4; i++)
        {
            Unsafe.Add(ref result, i) = ReverseBytes(Unsafe.Add(ref result, i).AsByte()).AsUInt32();
        }
    }

    /// <summary>Where <see cref="FirstFour"/> puts a lane's 16 bytes, in units of 16 bytes.</summary>
    /// <param name="lane">0 to 7.</param>
    /// <returns>0 to 7.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlaceOf(int lane) => ((lane & 3) * 2) + (lane >> 2);

    /// <summary>Reverses the bytes of each word.</summary>
    /// <param name="words">8 words.</param>
    /// <returns>The words in the other byte order.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ReverseBytes(Vector256<byte> words) =>
        Avx2.Shuffle(words, Vector256.Create(0x0405060700010203ul, 0x0c0d0e0f08090a0bul, 0x0405060700010203ul, 0x0c0d0e0f08090a0bul).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, ref Vector256<uint> result)
    {
        Vector256<ulong> abLow = Avx2.UnpackLow(a, b).AsUInt64(), abHigh = Avx2.UnpackHigh(a, b).AsUInt64();
        Vector256<ulong> cdLow = Avx2.UnpackLow(c, d).AsUInt64(), cdHigh = Avx2.UnpackHigh(c, d).AsUInt64();
        result = Avx2.UnpackLow(abLow, cdLow).AsUInt32();
        Unsafe.Add(ref result, 1) = Avx2.UnpackHigh(abLow, cdLow).AsUInt32();
        Unsafe.Add(ref result, 2) = Avx2.UnpackLow(abHigh, cdHigh).AsUInt32();
        Unsafe.Add(ref result, 3) = Avx2.UnpackHigh(abHigh, cdHigh).AsUInt32();
    }
}
