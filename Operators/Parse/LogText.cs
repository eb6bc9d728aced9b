using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Resolves the two escapes of a quoted text in a log line that stand for a printable character, <c>\"</c> and
/// <c>\\</c>. Others (<c>\x16</c>, <c>\n</c>) stay as the server wrote them: the byte they stand for need not be UTF-8.</summary>
internal static class LogText
{
    /// <summary>Appends the text to the arena that it stands in.</summary>
    /// <param name="arena">The arena; its buffer may be another one afterwards.</param>
    /// <param name="text">The text.</param>
    /// <returns>Where the result stands.</returns>
    public static TextSpan Unescape(ByteArena arena, TextSpan text)
    {
        var target = arena.Reserve(text.Length + Scan.Slack);
        var source = arena.Buffer.AsSpan(text.Offset, text.Length);
        var written = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '\\' && i + 1 < source.Length && source[i + 1] is (byte)'"' or (byte)'\\')
            {
                i++;
            }

            target[written++] = source[i];
        }

        var result = new TextSpan(arena.Length, written);
        arena.Length += written;
        return result;
    }
}
