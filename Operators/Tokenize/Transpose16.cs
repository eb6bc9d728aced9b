using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>Transposes words between 16 messages and 16 lanes, with AVX-512.</summary>
internal static class Transpose16
{
    /// <summary>Transposes a matrix of 16 rows of 16 words.</summary>
    /// <param name="m">The first row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InPlace(ref Vector512<uint> m)
    {
        // First within each 128-bit part: rows 4q to 4q + 3 become columns k, k + 4, k + 8, k + 12 of that quad.
        for (nint q = 0; q < 16; q += 4)
        {
            ref Vector512<uint> quad = ref Unsafe.Add(ref m, q);
            Quad(quad, Unsafe.Add(ref quad, 1), Unsafe.Add(ref quad, 2), Unsafe.Add(ref quad, 3), ref quad);
        }

        // Then the 128-bit parts themselves: part c of quad q goes to part q of column 4c + k.
        for (nint k = 0; k < 4; k++)
        {
            ref Vector512<uint> column = ref Unsafe.Add(ref m, k);
            Vector512<uint> q0 = column, q1 = Unsafe.Add(ref column, 4), q2 = Unsafe.Add(ref column, 8), q3 = Unsafe.Add(ref column, 12);
            Vector512<uint> low01 = Avx512F.Shuffle4x128(q0, q1, 0x44), high01 = Avx512F.Shuffle4x128(q0, q1, 0xee);
            Vector512<uint> low23 = Avx512F.Shuffle4x128(q2, q3, 0x44), high23 = Avx512F.Shuffle4x128(q2, q3, 0xee);
            column = Avx512F.Shuffle4x128(low01, low23, 0x88);
            Unsafe.Add(ref column, 4) = Avx512F.Shuffle4x128(low01, low23, 0xdd);
            Unsafe.Add(ref column, 8) = Avx512F.Shuffle4x128(high01, high23, 0x88);
            Unsafe.Add(ref column, 12) = Avx512F.Shuffle4x128(high01, high23, 0xdd);
        }
    }

    /// <summary>Gathers the first four words of each lane, as 16 bytes in big-endian order.</summary>
    /// <param name="a">Word 0 of each lane.</param>
    /// <param name="b">Word 1.</param>
    /// <param name="c">Word 2.</param>
    /// <param name="d">Word 3.</param>
    /// <param name="result">The first of 4 vectors; lane i's bytes lie at <see cref="PlaceOf"/>(i).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FirstFour(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d, ref Vector512<uint> result)
    {
        Quad(a, b, c, d, ref result);
        for (nint i = 0; i < 4; i++)
        {
            Unsafe.Add(ref result, i) = ReverseBytes(Unsafe.Add(ref result, i).AsByte()).AsUInt32();
        }
    }

    /// <summary>Where <see cref="FirstFour"/> puts a lane's 16 bytes, in units of 16 bytes.</summary>
    /// <param name="lane">0 to 15.</param>
    /// <returns>0 to 15.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlaceOf(int lane) => ((lane & 3) * 4) + (lane >> 2);

    /// <summary>Reverses the bytes of each word.</summary>
    /// <param name="words">16 words.</param>
    /// <returns>The words in the other byte order.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ReverseBytes(Vector512<byte> words) => Avx512BW.Shuffle(
        words,
        Vector512.Create(0x0405060700010203ul, 0x0c0d0e0f08090a0bul, 0x0405060700010203ul, 0x0c0d0e0f08090a0bul,
            0x0405060700010203ul, 0x0c0d0e0f08090a0bul, 0x0405060700010203ul, 0x0c0d0e0f08090a0bul).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quad(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d, ref Vector512<uint> result)
    {
        Vector512<ulong> abLow = Avx512F.UnpackLow(a, b).AsUInt64(), abHigh = Avx512F.UnpackHigh(a, b).AsUInt64();
        Vector512<ulong> cdLow = Avx512F.UnpackLow(c, d).AsUInt64(), cdHigh = Avx512F.UnpackHigh(c, d).AsUInt64();
        result = Avx512F.UnpackLow(abLow, cdLow).AsUInt32();
        Unsafe.Add(ref result, 1) = Avx512F.UnpackHigh(abLow, cdLow).AsUInt32();
        Unsafe.Add(ref result, 2) = Avx512F.UnpackLow(abHigh, cdHigh).AsUInt32();
        Unsafe.Add(ref result, 3) = Avx512F.UnpackHigh(abHigh, cdHigh).AsUInt32();
    }
}
