using System.Numerics;
using System.Runtime.CompilerServices;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Decimal digits, several at a time within a 64-bit word.</summary>
internal static class Digits
{
    /// <summary>Powers of ten that fit 64 bits.</summary>
    public static readonly ulong[] PowersOfTen = MakePowers();

    /// <summary>Reads up to eight digits without a branch for each.</summary>
    /// <param name="text">The first digit; eight bytes must be readable.</param>
    /// <param name="value">The number they write; 0 when there is none.</param>
    /// <returns>How many of the eight bytes are digits, from the first on.</returns>
    /// <remarks>The conversion multiplies pairs, then fours, then eights
    /// (https://kholdstare.github.io/technical/2020/05/26/faster-integer-parsing.html).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Short(ref byte text, out ulong value)
    {
        var word = Word(ref text) ^ 0x3030303030303030;
        // The addition may carry out of a byte that is no digit, but only into bytes after it.
        var others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
        var count = BitOperations.TrailingZeroCount(others) >> 3;
        // A shift by 64 is one by 0 in this language, hence two steps.
        word = word << 8 * (7 - Math.Min(count, 7)) << (count == 8 ? 0 : 8);
        word = (word * 10) + (word >> 8);
        value = (((word & 0x000000FF000000FF) * 0x000F424000000064) + (((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
        return count;
    }

    /// <summary>Reads two digits.</summary>
    /// <param name="text">The first digit.</param>
    /// <returns>0 to 99, or a number above 99 when one is no digit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Two(ref byte text)
    {
        var tens = (uint)(text - '0');
        var ones = (uint)(Unsafe.Add(ref text, 1) - '0');
        return (tens > 9) | (ones > 9) ? uint.MaxValue : (tens * 10) + ones;
    }

    /// <summary>The eight bytes, first one lowest.</summary>
    /// <param name="text">The first byte.</param>
    /// <returns>The word.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Word(ref byte text)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref text);
        return BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
    }

    private static ulong[] MakePowers()
    {
        var powers = new ulong[20];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
