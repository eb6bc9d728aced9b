using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.LoadTests.Compare.Noise;

/// <summary>The operating system's randomness, counted.</summary>
internal sealed class CountingRandomSource : IRandomSource
{
    /// <summary>Bytes that were asked for.</summary>
    public long Bytes { get; private set; }

    /// <inheritdoc />
    public void Fill(Span<byte> destination)
    {
        Bytes += destination.Length;
        CryptoRandomSource.Instance.Fill(destination);
    }
}
