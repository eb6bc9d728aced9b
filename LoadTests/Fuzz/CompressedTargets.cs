using System.IO.Compression;
using AkkaPrivacy.Connectors.Files;
using AkkaPrivacy.Connectors.Files.Compression;
using ZstdSharp;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Compressed files. A damaged one gives bytes and then says so; a small one that unpacks without end is read in fixed memory.</summary>
internal static class CompressedTargets
{
    private const int MostPlainBytes = 4 << 20;

    /// <summary>One for each format.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("gzip", () => [Gzip("one\ntwo\n"u8), [.. Gzip(new byte[100_000]), .. Gzip("x"u8)], []], ["\u001f", "\u0008", "\0\0\0\0", "\0"], () => input => Read(input, FileCompression.Gzip)),
        new("zstd", () => [Zstd("one\ntwo\n"u8), [.. Zstd(new byte[100_000]), .. Zstd("x"u8)], []], ["(", "\0\0\0\0", "\0"], () => input => Read(input, FileCompression.Zstd)),
    ];

    private static byte[] Gzip(ReadOnlySpan<byte> plain)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        return result.ToArray();
    }

    private static byte[] Zstd(ReadOnlySpan<byte> plain)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(plain).ToArray();
    }

    private static bool Read(byte[] input, FileCompression compression)
    {
        Span<byte> room = stackalloc byte[16 * 1024];
        try
        {
            using var plain = Decompression.Open(new MemoryStream(input), compression);
            for (var total = 0; total < MostPlainBytes;)
            {
                var count = plain.Read(room);
                if (count == 0)
                {
                    return true;
                }

                total += count;
            }

            return true;
        }
        catch (Exception exception) when (Decompression.IsDamage(exception))
        {
            return false;
        }
    }
}
