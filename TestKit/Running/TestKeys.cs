using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.TestKit.Running;

/// <summary>Keys that every test shares: tokens are the same in every run, and stand for made-up people only.</summary>
internal sealed class TestKeys : IKeyRing
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("keys of the test kit");

    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Secret).AsSpan(0, 8));

    public byte[] DeriveKey(string purpose) => HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes(purpose));
}
