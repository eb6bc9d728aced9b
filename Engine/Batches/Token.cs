using System.Runtime.InteropServices;

namespace AkkaPrivacy.Engine.Batches;

/// <summary>
/// A pseudonym: the first 16 bytes of a keyed hash, in the order of the digest. Equal identifiers under one key
/// have equal tokens; a token cannot be turned back.
/// </summary>
/// <param name="Low">Bytes 0 to 7 of the digest, as a little-endian word.</param>
/// <param name="High">Bytes 8 to 15 of the digest, as a little-endian word.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Token(ulong Low, ulong High)
{
    /// <summary>A well-mixed 32-bit hash; the digest's bytes are already uniform.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => (int)High;

    /// <summary>Thirty-two hexadecimal digits. Tokens are pseudonymous personal data: never log them.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<Token>(in this));
        return Convert.ToHexStringLower(bytes);
    }
}
