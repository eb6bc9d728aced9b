using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Engine.Runtime.Sources;
using Microsoft.Win32.SafeHandles;

namespace AkkaPrivacy.Connectors.Files;

/// <summary>Reads the heading of a file that is taken up in its middle.</summary>
internal static class FileHeading
{
    private const int FirstRead = 4096;
    private const int LineEnding = 2;

    private delegate int ReadAt(Span<byte> room, long offset);

    /// <summary>Reads the first line.</summary>
    /// <param name="file">The file; closed.</param>
    /// <param name="path">Its path.</param>
    /// <param name="compression">How it is compressed.</param>
    /// <param name="options">How lines end, and how long they may be.</param>
    /// <returns>The line; empty when it is too long.</returns>
    public static ReadOnlyMemory<byte> Read(SafeFileHandle file, string path, FileCompression compression, LineFileOptions options)
    {
        using var bytes = FileBytes.Open(file, path, compression, 0);
        return Read((room, _) => bytes.Read(room, out var _), options);
    }

    /// <summary>Reads the first line of a file that is not compressed.</summary>
    /// <param name="file">The file; stays open.</param>
    /// <param name="options">How lines end, and how long they may be.</param>
    /// <returns>The line; empty when it is too long.</returns>
    public static ReadOnlyMemory<byte> Read(SafeFileHandle file, LineFileOptions options) =>
        Read((room, offset) => RandomAccess.Read(file, room, offset), options);

    private static ReadOnlyMemory<byte> Read(ReadAt read, LineFileOptions options)
    {
        var (head, length) = (new byte[FirstRead], 0);
        while (true)
        {
            var count = read(head.AsSpan(length), length);
            length += count;
            if (count == 0 || length == head.Length)
            {
                var line = LineBatcher.FirstLine(head.AsSpan(0, length), options.MaxLineBytes, options.QuotedRecords);
                // A text without an ending is a whole line only at the end of the file.
                if (count == 0 || (line.Length > 0 && line.Length < length) || length > options.MaxLineBytes + LineEnding)
                {
                    return line;
                }

                Array.Resize(ref head, 2 * head.Length);
            }
        }
    }
}
