using System.Security.Cryptography;

namespace AkkaPrivacy.Engine.Ports;

/// <summary>Cryptographic randomness of the operating system (<see cref="RandomNumberGenerator"/>).</summary>
public sealed class CryptoRandomSource : IRandomSource
{
    private CryptoRandomSource()
    {
    }

    /// <summary>The only instance; it has no state of its own.</summary>
    public static CryptoRandomSource Instance { get; } = new();

    /// <inheritdoc />
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
