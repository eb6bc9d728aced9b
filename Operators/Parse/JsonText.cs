using System.Text;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Resolves the escapes of a JSON string whose grammar was checked.</summary>
internal static class JsonText
{
    /// <summary>Appends the text that a string stands for to the arena that it stands in.</summary>
    /// <param name="arena">The arena; its buffer may be another one afterwards.</param>
    /// <param name="text">The string's content.</param>
    /// <param name="result">Where the text stands.</param>
    /// <returns>False when half of a surrogate pair is missing: there is no such text in UTF-8. Nothing is appended then.</returns>
    public static bool TryUnescape(ByteArena arena, TextSpan text, out TextSpan result)
    {
        // An escape is never shorter than what it stands for; the slack lets readers of the result load whole words.
        var target = arena.Reserve(text.Length + Scan.Slack);
        var ok = TryUnescape(arena.Buffer.AsSpan(text.Offset, text.Length), target, out var written);
        result = new TextSpan(arena.Length, written);
        arena.Length += ok ? written : 0;
        return ok;
    }

    /// <summary>Writes the text that a string stands for.</summary>
    /// <param name="text">The string's content.</param>
    /// <param name="target">Where to write; at least as long.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>False when half of a surrogate pair is missing.</returns>
    public static bool TryUnescape(ReadOnlySpan<byte> text, Span<byte> target, out int written)
    {
        written = 0;
        while (true)
        {
            var escape = text.IndexOf((byte)'\\');
            var plain = escape < 0 ? text : text[..escape];
            plain.CopyTo(target[written..]);
            written += plain.Length;
            if (escape < 0)
            {
                return true;
            }

            text = text[(escape + 1)..];
            if (text[0] != 'u')
            {
                target[written++] = Simple(text[0]);
                text = text[1..];
            }
            else if (TryTakeRune(ref text, out var rune))
            {
                written += rune.EncodeToUtf8(target[written..]);
            }
            else
            {
                return false;
            }
        }
    }

    private static bool TryTakeRune(ref ReadOnlySpan<byte> text, out Rune rune)
    {
        var first = Hex(text.Slice(1, 4));
        text = text[5..];
        if (Rune.TryCreate(first, out rune))
        {
            return true;
        }

        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u' || !Rune.TryCreate(first, Hex(text.Slice(2, 4)), out rune))
        {
            return false;
        }

        text = text[6..];
        return true;
    }

    private static char Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return (char)value;
    }

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };
}
