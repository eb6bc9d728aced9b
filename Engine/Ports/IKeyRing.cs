namespace AkkaPrivacy.Engine.Ports;

/// <summary>Keys for keyed hashes. Keys never reach a log, an error or a checkpoint.</summary>
public interface IKeyRing
{
    /// <summary>Names the key material without revealing it: 16 hexadecimal digits of a keyed hash. State that was
    /// made under another fingerprint belongs to other tokens and is refused.</summary>
    string Fingerprint { get; }

    /// <summary>The key of a purpose; purposes have independent keys.</summary>
    /// <param name="purpose">For example <c>analytics</c>; 1 to 64 characters.</param>
    /// <returns>Thirty-two bytes; the caller clears them after use.</returns>
    byte[] DeriveKey(string purpose);
}
