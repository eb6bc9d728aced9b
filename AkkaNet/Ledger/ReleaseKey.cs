using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>The short key of a release id: the first 16 bytes of its SHA-256. Two ids with one key do not occur.</summary>
internal static class ReleaseKey
{
    public static UInt128 Of(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
