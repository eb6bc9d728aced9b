using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Vectorised searches in a line. They load up to <see cref="Slack"/> bytes at a time from any position
/// before the line's end, so the buffer must go on for as many bytes after it; what is found there is not reported.</summary>
internal static class Scan
{
    /// <summary>Bytes that must be readable after the end of a line.</summary>
    public const int Slack = 64;

    /// <summary>The first quote, backslash or control character, which is what can end or interrupt a JSON string.</summary>
    /// <param name="bytes">The buffer.</param>
    /// <param name="position">Where to start.</param>
    /// <param name="end">The line's end.</param>
    /// <returns>Its position, or a position at or after <paramref name="end"/> when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StringStop(ref byte bytes, int position, int end)
    {
        while (position < end)
        {
            var block = Vector256.LoadUnsafe(ref bytes, (nuint)position);
            var stops = Vector256.Equals(block, Vector256.Create((byte)'"'))
                | Vector256.Equals(block, Vector256.Create((byte)'\\'))
                | Vector256.Equals(Vector256.Min(block, Vector256.Create((byte)0x1F)), block);
            var mask = stops.ExtractMostSignificantBits();
            if (mask != 0)
            {
                return position + BitOperations.TrailingZeroCount(mask);
            }

            position += Vector256<byte>.Count;
        }

        return end;
    }

    /// <summary>The first occurrence of a byte, or of a control character.</summary>
    /// <param name="bytes">The buffer.</param>
    /// <param name="position">Where to start.</param>
    /// <param name="end">The line's end.</param>
    /// <param name="value">The byte.</param>
    /// <returns>Its position, or a position at or after <paramref name="end"/> when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Stop(ref byte bytes, int position, int end, byte value)
    {
        while (position < end)
        {
            var block = Vector256.LoadUnsafe(ref bytes, (nuint)position);
            var stops = Vector256.Equals(block, Vector256.Create(value))
                | Vector256.Equals(Vector256.Min(block, Vector256.Create((byte)0x1F)), block);
            var mask = stops.ExtractMostSignificantBits();
            if (mask != 0)
            {
                return position + BitOperations.TrailingZeroCount(mask);
            }

            position += Vector256<byte>.Count;
        }

        return end;
    }

    /// <summary>Passes over JSON white space.</summary>
    /// <param name="bytes">The buffer.</param>
    /// <param name="position">Where to start.</param>
    /// <param name="end">The line's end.</param>
    /// <returns>The first position that is none, or <paramref name="end"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WhiteSpace(ref byte bytes, int position, int end)
    {
        while (position < end && Unsafe.Add(ref bytes, position) is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            position++;
        }

        return position;
    }
}
