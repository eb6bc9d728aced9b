using System.Buffers.Binary;
using System.Numerics;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Tests.Support;

/// <summary>Reproducible randomness: xoshiro256** (Blackman, Vigna 2018), its state filled by SplitMix64 from a seed.</summary>
public sealed class SeededRandomSource : IRandomSource
{
    private readonly Lock _gate = new();
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SeededRandomSource(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    public void Fill(Span<byte> destination)
    {
        lock (_gate)
        {
            while (destination.Length >= sizeof(ulong))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination, Next());
                destination = destination[sizeof(ulong)..];
            }

            if (!destination.IsEmpty)
            {
                Span<byte> word = stackalloc byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
                word[..destination.Length].CopyTo(destination);
            }
        }
    }

    private static ulong SplitMix(ref ulong seed)
    {
        seed += 0x9E3779B97F4A7C15;
        ulong z = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }
}
