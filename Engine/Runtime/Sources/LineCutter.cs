using System.Numerics;
using System.Runtime.Intrinsics;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Engine.Runtime.Sources;

/// <summary>Cuts text into lines at line feeds, 64 bytes at a time. A carriage return before a line feed belongs to the
/// line ending.</summary>
internal static class LineCutter
{
    /// <summary>Why cutting stopped.</summary>
    public enum Stop
    {
        /// <summary>There is no further line feed.</summary>
        OutOfText,

        /// <summary>There is no room for another line.</summary>
        OutOfRoom,

        /// <summary>The line at the start position is longer than allowed.</summary>
        LineTooLong,

        /// <summary>The text ends between the quotes of the last record.</summary>
        QuoteOpen,
    }

    /// <summary>Cuts as many lines as there are.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Start of the first line; moves to the start of the first line that was not cut.</param>
    /// <param name="scanned">How far line feeds have been looked for already; at least <paramref name="start"/>.</param>
    /// <param name="lines">Room for the lines; offsets are those of <paramref name="text"/>.</param>
    /// <param name="maxLineBytes">The longest line, without its ending.</param>
    /// <param name="count">Lines cut.</param>
    /// <returns>Why it stopped.</returns>
    public static Stop Cut(ReadOnlySpan<byte> text, ref int start, ref int scanned, Span<TextSpan> lines, int maxLineBytes, out int count)
    {
        count = 0;
        while (scanned < text.Length)
        {
            var feeds = Feeds(text[scanned..]);
            for (; feeds != 0; feeds &= feeds - 1)
            {
                var feed = scanned + BitOperations.TrailingZeroCount(feeds);
                if (count == lines.Length)
                {
                    scanned = start;
                    return Stop.OutOfRoom;
                }

                var length = feed - start;
                length -= length > 0 && text[feed - 1] == '\r' ? 1 : 0;
                if (length > maxLineBytes)
                {
                    scanned = start;
                    return Stop.LineTooLong;
                }

                lines[count++] = new TextSpan(start, length);
                start = feed + 1;
            }

            scanned = Math.Min(scanned + 64, text.Length);
        }

        // One byte more may be the carriage return of the ending.
        return text.Length - start > maxLineBytes + 1 ? Stop.LineTooLong : Stop.OutOfText;
    }

    // Bit i is set when byte i, of the first 64, is a line feed.
    private static ulong Feeds(ReadOnlySpan<byte> text)
    {
        if (text.Length >= 64)
        {
            return Vector512.Equals(Vector512.Create(text), Vector512.Create((byte)'\n')).ExtractMostSignificantBits();
        }

        ulong feeds = 0;
        for (var i = 0; i < text.Length; i++)
        {
            feeds |= text[i] == '\n' ? 1UL << i : 0;
        }

        return feeds;
    }
}
