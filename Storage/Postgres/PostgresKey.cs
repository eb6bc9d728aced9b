using System.Security.Cryptography;
using System.Text;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>A key as it stands in an index. An entry of a PostgreSQL index has at most 2,704 bytes, a key of the port up to
/// 3,072: so the index holds its first bytes and the hash of the rest.</summary>
/// <param name="Head">The first bytes of its UTF-8, up to <see cref="HeadBytes"/>.</param>
/// <param name="Tail">What follows; mostly empty.</param>
/// <param name="TailHash">The SHA-256 of the tail; empty when the tail is.</param>
internal readonly record struct PostgresKey(byte[] Head, byte[] Tail, byte[] TailHash)
{
    public const int HeadBytes = 2000;

    /// <summary>The longest name that an index holds as it is.</summary>
    public const int NameBytes = 256;

    public static PostgresKey Of(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return bytes.Length <= HeadBytes
            ? new PostgresKey(bytes, [], [])
            : new PostgresKey(bytes[..HeadBytes], bytes[HeadBytes..], SHA256.HashData(bytes.AsSpan(HeadBytes)));
    }

    /// <summary>The name of a stream, table or resource: its UTF-8, or a zero byte, which no name holds, and the SHA-256 of a
    /// long one.</summary>
    public static byte[] OfName(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length <= NameBytes ? bytes : [0, .. SHA256.HashData(bytes)];
    }

    public static string Text(byte[] head, byte[] tail) =>
        tail.Length == 0 ? Encoding.UTF8.GetString(head) : Encoding.UTF8.GetString([.. head, .. tail]);
}
