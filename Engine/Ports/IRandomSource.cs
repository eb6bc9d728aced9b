namespace AkkaPrivacy.Engine.Ports;

/// <summary>
/// The port through which all randomness comes. Noise, keys and key selection draw from
/// <see cref="CryptoRandomSource"/>; a seeded source exists in test assemblies only.
/// </summary>
/// <remarks>Implementations are safe to call from several threads at once.</remarks>
public interface IRandomSource
{
    /// <summary>Fills <paramref name="destination"/> with independent, uniformly distributed bytes.</summary>
    /// <param name="destination">The span to fill; an empty span is allowed and draws nothing.</param>
    void Fill(Span<byte> destination);
}
