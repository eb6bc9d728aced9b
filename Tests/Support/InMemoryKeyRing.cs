using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Tests.Support;

/// <summary>Keys derived from a text, for tests.</summary>
public sealed class InMemoryKeyRing(string secret = "secret of a test") : IKeyRing
{
    public List<byte[]> Handed { get; } = [];

    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 8));

    public static byte[] Derive(string secret, string purpose) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(purpose));

    public byte[] DeriveKey(string purpose)
    {
        var key = Derive(secret, purpose);
        Handed.Add(key);
        return key;
    }
}
