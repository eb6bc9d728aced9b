using ZstdSharp;
using ZstdSharp.Unsafe;

namespace AkkaPrivacy.Connectors.Files.Compression;

/// <summary>Which compression a file has, and the stream that undoes it.</summary>
internal static class Decompression
{
    // Frames may ask for a window of gigabytes; what a reader grants bounds its memory.
    private const int LargestWindowLog = 27;

    /// <summary>The compression of a file, by option and name.</summary>
    /// <param name="option">The option.</param>
    /// <param name="path">The file.</param>
    /// <returns>Never <see cref="FileCompression.Auto"/>.</returns>
    public static FileCompression Of(FileCompression option, string path) => option switch
    {
        FileCompression.Auto when path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) => FileCompression.Gzip,
        FileCompression.Auto when path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) => FileCompression.Zstd,
        FileCompression.Auto => FileCompression.None,
        _ => option,
    };

    /// <summary>A stream of plain bytes.</summary>
    /// <param name="compressed">The bytes as they are stored; closed with the result.</param>
    /// <param name="compression">Their compression.</param>
    /// <returns>The stream; the same one when nothing is compressed.</returns>
    public static Stream Open(Stream compressed, FileCompression compression)
    {
        switch (compression)
        {
            case FileCompression.Gzip:
                return new GzipText(compressed);
            case FileCompression.Zstd:
                var stream = new DecompressionStream(compressed, checkEndOfStream: true, leaveOpen: false);
                stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestWindowLog);
                return stream;
            default:
                return compressed;
        }
    }

    /// <summary>Whether an exception says that compressed bytes are damaged or cut off.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>True when it does.</returns>
    public static bool IsDamage(Exception exception) => exception is InvalidDataException or ZstdException or EndOfStreamException;
}
