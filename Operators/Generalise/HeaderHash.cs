using System.Buffers.Binary;
using System.Numerics;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>A quick hash that only decides where a header is remembered: a collision costs time and changes nothing.</summary>
internal static class HeaderHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    /// <summary>Hashes bytes, eight at a time.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The hash; its low bits are the well-mixed ones.</returns>
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = BitOperations.RotateLeft((hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Multiplier, 29);
            bytes = bytes[sizeof(ulong)..];
        }

        var rest = 0UL;
        foreach (var value in bytes)
        {
            rest = (rest << 8) | value;
        }

        return (int)(((hash ^ rest) * Multiplier) >> 32);
    }
}
