using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace AkkaPrivacy.Operators.Window;

/// <summary>What a group is looked up by: for texts of up to 16 bytes the bytes themselves, for numbers the number, for
/// longer texts a hash of 64 bits, after which the bytes are compared. Its size keeps each in one cache line.</summary>
/// <param name="First">Bytes 0 to 7, or the number, or the hash.</param>
/// <param name="Second">Bytes 8 to 15, or 0.</param>
/// <param name="Length">Number of bytes; 0 for numbers.</param>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal readonly record struct KeyProbe(ulong First, ulong Second, int Length)
{
    /// <summary>The longest key that a probe holds entirely.</summary>
    public const int LongestInline = 16;

    // Unknown outside the process, so that nobody can choose keys that collide.
    private static readonly ulong FirstSeed = RandomSeed();
    private static readonly ulong SecondSeed = RandomSeed();
    private static readonly long LongSeed = (long)RandomSeed();

    /// <summary>Equals the probe of no key.</summary>
    public static KeyProbe None => new(0, 0, -1);

    private static ReadOnlySpan<byte> Masks =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The hash that places the probe in a table.</summary>
    public ulong Hash
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var (first, second) = (First ^ FirstSeed, Second ^ SecondSeed ^ ((ulong)(uint)Length << 32));
            return (HighProduct(first, second) ^ (first * second)) * 0x9E3779B97F4A7C15;
        }
    }

    /// <summary>Compares all at once, in one branch.</summary>
    /// <param name="other">The other probe.</param>
    /// <returns>Whether they are equal.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(KeyProbe other) => ((First ^ other.First) | (Second ^ other.Second) | (uint)(Length ^ other.Length)) == 0;

    /// <summary>Whether a probe equals this one and is the whole key, so that no bytes need to be compared.</summary>
    /// <param name="probe">The other probe.</param>
    /// <returns>True when both hold.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe bool HoldsAllOf(KeyProbe* probe) => Equals(*probe) && Length <= LongestInline;

    /// <inheritdoc />
    public override int GetHashCode() => (int)(Hash >> 32);

    /// <summary>The probe of a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The probe.</returns>
    public static KeyProbe OfNumber(long value) => new((ulong)value, 0, 0);

    /// <summary>The probe of a text.</summary>
    /// <param name="key">The bytes.</param>
    /// <returns>The probe.</returns>
    public static KeyProbe OfBytes(ReadOnlySpan<byte> key)
    {
        if (key.Length > LongestInline)
        {
            return new KeyProbe(XxHash3.HashToUInt64(key, LongSeed), 0, key.Length);
        }

        Span<byte> padded = stackalloc byte[LongestInline];
        padded.Clear();
        key.CopyTo(padded);
        var words = MemoryMarshal.Cast<byte, ulong>(padded);
        return new KeyProbe(words[0], words[1], key.Length);
    }

    /// <summary>The probe of a text of up to 16 bytes that is followed by so much readable memory.</summary>
    /// <param name="key">The first of 16 readable bytes.</param>
    /// <param name="length">How many belong to the text, 0 to 16.</param>
    /// <returns>The probe.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe KeyProbe OfReadable(byte* key, int length)
    {
        ref var mask = ref Unsafe.Add(ref MemoryMarshal.GetReference(Masks), LongestInline - length);
        var words = (Vector128.Load(key) & Vector128.LoadUnsafe(ref mask)).AsUInt64();
        return new KeyProbe(words.ToScalar(), words.GetElement(1), length);
    }

    // Math.BigMul takes its low half by way of memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HighProduct(ulong x, ulong y) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y) : Math.BigMul(x, y, out _);

    private static ulong RandomSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
}
