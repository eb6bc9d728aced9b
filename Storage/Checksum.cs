using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace AkkaPrivacy.Storage;

/// <summary>XXH3-64 over what names a value and the value itself: it notices damage and misplaced rows, not malice.</summary>
internal static class Checksum
{
    public static long OfEvent(string stream, long version, string type, ReadOnlySpan<byte> payload) => Of(stream, type, version, payload);

    public static long OfRow(string table, string key, ReadOnlySpan<byte> value) => Of(table, key, 0, value);

    private static long Of(string first, string second, long number, ReadOnlySpan<byte> bytes)
    {
        // The names and their lengths seed the hash of the bytes, so that nothing needs to be copied together.
        Span<ulong> head = stackalloc ulong[4];
        head[0] = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(first.AsSpan()));
        head[1] = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(second.AsSpan()));
        head[2] = (ulong)number;
        head[3] = (ulong)bytes.Length;
        return (long)XxHash3.HashToUInt64(bytes, (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(head)));
    }
}
