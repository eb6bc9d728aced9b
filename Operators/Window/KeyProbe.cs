using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Aes = System.Runtime.Intrinsics.X86.Aes;
using Bmi2 = System.Runtime.Intrinsics.X86.Bmi2;

namespace AkkaPrivacy.Operators.Window;

/// <summary>What a group is looked up by, in one vector: for texts of up to 15 bytes the bytes and their number, for numbers
/// the number, for longer texts a hash of 64 bits, after which the bytes are compared.</summary>
/// <param name="First">Bytes 0 to 7, or the number, or the hash.</param>
/// <param name="Second">Bytes 8 to 14, and in the last byte their number; 0 for numbers; or the length of a longer text, with
/// all bits of the last byte.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct KeyProbe(ulong First, ulong Second)
{
    /// <summary>The longest text that a probe holds entirely.</summary>
    public const int LongestInline = 15;

    /// <summary>Size of a probe.</summary>
    public const int Bytes = 16;

    private const int LastByte = 56;
    private const ulong Longer = 0xFFUL << LastByte;

    // Unknown outside the process, so that nobody can choose keys that collide.
    private static readonly Vector128<byte> FirstSeed = RandomSeed();
    private static readonly Vector128<byte> SecondSeed = RandomSeed();
    private static readonly Vector128<byte> ThirdSeed = RandomSeed();
    private static readonly long LongSeed = RandomSeed().AsInt64().ToScalar();

    // For each length two vectors: which bytes belong to a text, and the last byte.
    private static readonly PinnedMemory AllShapes = MakeShapes();
    private static readonly unsafe byte* Shapes = AllShapes.Start;

    /// <summary>Is the probe of no key.</summary>
    public static KeyProbe None => new(0, Longer);

    /// <summary>Whether the probe is the whole key, so that no bytes need to be compared.</summary>
    public bool IsWhole => Second < Longer;

    /// <summary>Number of bytes of a text that the probe holds entirely.</summary>
    public int Length => (int)(Second >> LastByte);

    /// <summary>The probe in one vector.</summary>
    public Vector128<byte> Vector => Vector128.Create(First, Second).AsByte();

    /// <summary>The probe of a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The probe.</returns>
    public static KeyProbe OfNumber(long value) => new((ulong)value, 0);

    /// <summary>The probe of a text.</summary>
    /// <param name="key">The bytes.</param>
    /// <returns>The probe.</returns>
    public static KeyProbe OfBytes(ReadOnlySpan<byte> key)
    {
        if (key.Length > LongestInline)
        {
            return new KeyProbe(XxHash3.HashToUInt64(key, LongSeed), Longer | (uint)key.Length);
        }

        Span<byte> padded = stackalloc byte[Bytes];
        padded.Clear();
        key.CopyTo(padded);
        padded[LongestInline] = (byte)key.Length;
        var words = MemoryMarshal.Cast<byte, ulong>(padded);
        return new KeyProbe(words[0], words[1]);
    }

    /// <summary>The probe of a text that it holds entirely and that is followed by so much readable memory.</summary>
    /// <param name="key">The first of 16 readable bytes.</param>
    /// <param name="length">How many belong to the text, 0 to <see cref="LongestInline"/>.</param>
    /// <returns>The probe.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<byte> OfReadable(byte* key, uint length)
    {
        var shape = Shapes + ((nuint)length * (2 * Bytes));
        return (Vector128.Load(key) & Vector128.Load(shape)) | Vector128.Load(shape + Bytes);
    }

    /// <summary>The hash that places a probe in a table. Each of its bits depends on all of the probe's: two rounds of AES
    /// would do for that, the third keeps anyone from steering it.</summary>
    /// <param name="probe">The probe.</param>
    /// <returns>The hash; another one in each process.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HashOf(Vector128<byte> probe)
    {
        if (Aes.IsSupported)
        {
            var mixed = Aes.Encrypt(Aes.Encrypt(probe ^ FirstSeed, SecondSeed), ThirdSeed);
            return Aes.Encrypt(mixed, FirstSeed).AsUInt64().ToScalar();
        }

        var words = (probe ^ FirstSeed).AsUInt64();
        var (first, second) = (words.ToScalar(), words.GetElement(1));
        return (HighProduct(first, second) ^ (first * second)) * 0x9E3779B97F4A7C15;
    }

    /// <summary>Whether two probes are equal and are the whole key, so that no bytes need to be compared.</summary>
    /// <param name="x">One of them.</param>
    /// <param name="y">The other one.</param>
    /// <returns>True when both hold.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe bool AreSameKey(KeyProbe* x, KeyProbe* y)
    {
        var first = Vector128.Load((byte*)x);
        return ((first ^ Vector128.Load((byte*)y)) | (first & Vector128.Create(0, 1UL << 63).AsByte())) == Vector128<byte>.Zero;
    }

    // Math.BigMul takes its low half by way of memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HighProduct(ulong x, ulong y) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y) : Math.BigMul(x, y, out _);

    private static Vector128<byte> RandomSeed() => Vector128.Create(RandomNumberGenerator.GetBytes(Bytes));

    private static unsafe PinnedMemory MakeShapes()
    {
        var shapes = PinnedMemory.Allocate((LongestInline + 1) * 2 * Bytes);
        for (var length = 0; length <= LongestInline; length++)
        {
            var shape = shapes.Start + (length * 2 * Bytes);
            new Span<byte>(shape, length).Fill(byte.MaxValue);
            shape[Bytes + LongestInline] = (byte)length;
        }

        return shapes;
    }
}
