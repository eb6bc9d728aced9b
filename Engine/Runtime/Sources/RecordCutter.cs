using System.Numerics;
using System.Runtime.Intrinsics;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Engine.Runtime.Sources;

/// <summary>Cuts text into records at line feeds that do not stand between double quotes, 64 bytes at a time (RFC 4180).</summary>
/// <remarks>A doubled quote inside a quoted field closes and opens it again, so the parity of quotes alone tells which line
/// feeds count: a prefix XOR over the mask of quotes, as in Langdale and Lemire, "Parsing Gigabytes of JSON per Second"
/// (2019).</remarks>
internal static class RecordCutter
{
    /// <summary>Cuts as many records as there are.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Start of the first record; moves to the start of the first one that was not cut.</param>
    /// <param name="scanned">How far has been looked already; at least <paramref name="start"/>.</param>
    /// <param name="quoted">Whether <paramref name="scanned"/> stands between quotes.</param>
    /// <param name="records">Room for the records.</param>
    /// <param name="maxBytes">The longest record, without its ending.</param>
    /// <param name="count">Records cut.</param>
    /// <returns>Why it stopped.</returns>
    public static LineCutter.Stop Cut(ReadOnlySpan<byte> text, ref int start, ref int scanned, ref bool quoted, Span<TextSpan> records, int maxBytes, out int count)
    {
        count = 0;
        while (scanned < text.Length)
        {
            var (feeds, quotes) = Masks(text[scanned..]);
            // Bit i is set when byte i stands behind an odd number of quotes.
            var inside = quotes == 0 ? 0 : PrefixXor(quotes);
            inside ^= quoted ? ulong.MaxValue : 0;
            for (feeds &= ~inside; feeds != 0; feeds &= feeds - 1)
            {
                var feed = scanned + BitOperations.TrailingZeroCount(feeds);
                var length = feed - start;
                length -= length > 0 && text[feed - 1] == '\r' ? 1 : 0;
                if (count == records.Length || length > maxBytes)
                {
                    (scanned, quoted) = (start, false);
                    return count == records.Length ? LineCutter.Stop.OutOfRoom : LineCutter.Stop.LineTooLong;
                }

                records[count++] = new TextSpan(start, length);
                start = feed + 1;
            }

            quoted ^= (BitOperations.PopCount(quotes) & 1) != 0;
            scanned = Math.Min(scanned + 64, text.Length);
        }

        if (text.Length - start <= maxBytes + 1)
        {
            return LineCutter.Stop.OutOfText;
        }

        (scanned, quoted) = (start, false);
        return LineCutter.Stop.LineTooLong;
    }

    private static ulong PrefixXor(ulong mask)
    {
        for (var shift = 1; shift < 64; shift <<= 1)
        {
            mask ^= mask << shift;
        }

        return mask;
    }

    private static (ulong Feeds, ulong Quotes) Masks(ReadOnlySpan<byte> text)
    {
        if (text.Length >= 64)
        {
            var block = Vector512.Create(text);
            return (
                Vector512.Equals(block, Vector512.Create((byte)'\n')).ExtractMostSignificantBits(),
                Vector512.Equals(block, Vector512.Create((byte)'"')).ExtractMostSignificantBits());
        }

        var (feeds, quotes) = (0UL, 0UL);
        for (var i = 0; i < text.Length; i++)
        {
            feeds |= text[i] == '\n' ? 1UL << i : 0;
            quotes |= text[i] == '"' ? 1UL << i : 0;
        }

        return (feeds, quotes);
    }
}
