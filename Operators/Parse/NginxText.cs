using System.Text;
using System.Text.Unicode;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Turns a line that nginx wrote with <c>escape=default</c> into JSON: <c>\xHH</c>, which JSON does not have, stands for
/// one byte. Bytes that do not make a character become U+FFFD, as scanners send what they like.</summary>
internal static class NginxText
{
    private const int LongestEscape = 6;

    /// <summary>Whether a line holds such an escape, or may.</summary>
    /// <param name="line">The line.</param>
    /// <returns>True when it may.</returns>
    public static bool HasEscape(ReadOnlySpan<byte> line) => line.IndexOf("\\x"u8) >= 0;

    /// <summary>Appends the line as JSON to the arena that it stands in.</summary>
    /// <param name="arena">The arena; its buffer may be another one afterwards.</param>
    /// <param name="line">The line.</param>
    /// <returns>Where the result stands.</returns>
    public static TextSpan ToJson(ByteArena arena, TextSpan line)
    {
        // Four bytes of an escape become six at most; a byte that is no character becomes three.
        var target = arena.Reserve((2 * line.Length) + LongestEscape + Scan.Slack);
        var written = Resolve(arena.Buffer.AsSpan(line.Offset, line.Length), target);
        if (!Utf8.IsValid(target[..written]))
        {
            written = Repair(arena, written);
        }

        var result = new TextSpan(arena.Length, written);
        arena.Length += written;
        return result;
    }

    private static int Resolve(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\' || i + 1 == source.Length)
            {
                target[written++] = source[i];
            }
            else if (source[i + 1] == 'x' && i + 3 < source.Length && TryHex(source[i + 2], source[i + 3], out var value))
            {
                written += Write(value, target[written..]);
                i += 3;
            }
            else
            {
                target[written++] = source[i];
                target[written++] = source[++i];
            }
        }

        return written;
    }

    private static int Write(byte value, Span<byte> target)
    {
        if (value >= ' ' && value is not ((byte)'"' or (byte)'\\'))
        {
            target[0] = value;
            return 1;
        }

        "\\u00"u8.CopyTo(target);
        target[4] = "0123456789abcdef"u8[value >> 4];
        target[5] = "0123456789abcdef"u8[value & 15];
        return LongestEscape;
    }

    private static int Repair(ByteArena arena, int length)
    {
        var damaged = arena.Buffer.AsSpan(arena.Length, length).ToArray();
        var target = arena.Reserve((3 * length) + Scan.Slack);
        var (read, written) = (0, 0);
        while (read < damaged.Length)
        {
            Rune.DecodeFromUtf8(damaged.AsSpan(read), out var rune, out var consumed);
            written += rune.EncodeToUtf8(target[written..]);
            read += consumed;
        }

        return written;
    }

    private static bool TryHex(byte high, byte low, out byte value)
    {
        value = 0;
        if (!char.IsAsciiHexDigit((char)high) || !char.IsAsciiHexDigit((char)low))
        {
            return false;
        }

        value = (byte)((Digit(high) << 4) | Digit(low));
        return true;
    }

    private static int Digit(byte letter) => letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
}
