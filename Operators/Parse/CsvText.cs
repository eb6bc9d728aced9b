using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Resolves the doubled quotes of a quoted field.</summary>
internal static class CsvText
{
    /// <summary>Appends the text to the arena that it stands in.</summary>
    /// <param name="arena">The arena; its buffer may be another one afterwards.</param>
    /// <param name="text">The field between its quotes.</param>
    /// <returns>Where the result stands.</returns>
    public static TextSpan Unescape(ByteArena arena, TextSpan text)
    {
        var target = arena.Reserve(text.Length + Scan.Slack);
        var source = arena.Buffer.AsSpan(text.Offset, text.Length);
        var written = 0;
        while (true)
        {
            var quote = source.IndexOf((byte)'"');
            var plain = quote < 0 ? source : source[..(quote + 1)];
            plain.CopyTo(target[written..]);
            written += plain.Length;
            if (quote < 0)
            {
                break;
            }

            source = source[(quote + 2)..];
        }

        var result = new TextSpan(arena.Length, written);
        arena.Length += written;
        return result;
    }
}
