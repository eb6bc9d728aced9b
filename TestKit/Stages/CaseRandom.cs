using AkkaPrivacy.TestKit.Running;

namespace AkkaPrivacy.TestKit.Stages;

/// <summary>Random choices of one case.</summary>
internal sealed class CaseRandom
{
    private readonly SeededNoise _source;

    public CaseRandom(ulong seed, int number) => _source = new SeededNoise((seed * 0x9E3779B97F4A7C15) + (ulong)number);

    /// <summary>A whole number from 0 to below a bound; inputs of tests need no exact uniformity.</summary>
    public int Below(int bound)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        _source.Fill(bytes);
        return (int)(BitConverter.ToUInt64(bytes) % (ulong)bound);
    }
}
