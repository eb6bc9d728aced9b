using System.Text;

namespace AkkaPrivacy.Tests.Engine.Runtime.Sources;

/// <summary>The plain way to cut lines, and random content to compare with.</summary>
internal static class NaiveLines
{
    public static (List<(long Line, string Text)> Lines, List<long> TooLong) Split(byte[] content, int maxLineBytes)
    {
        var text = Encoding.Latin1.GetString(content);
        text = text.StartsWith("\u00EF\u00BB\u00BF", StringComparison.Ordinal) ? text[3..] : text;
        var parts = text.Split('\n');
        var lines = new List<(long, string)>();
        var tooLong = new List<long>();
        for (var i = 0; i < parts.Length; i++)
        {
            var line = parts[i].EndsWith('\r') ? parts[i][..^1] : parts[i];
            if (i == parts.Length - 1 && parts[i].Length == 0)
            {
                break;
            }

            if (line.Length > maxLineBytes)
            {
                tooLong.Add(i + 1);
            }
            else
            {
                lines.Add((i + 1, line));
            }
        }

        return (lines, tooLong);
    }

    public static byte[] RandomContent(Random random, int lines, int maxLineBytes)
    {
        var content = new List<byte>();
        if (random.Next(4) == 0)
        {
            content.AddRange([0xEF, 0xBB, 0xBF]);
        }

        for (var i = 0; i < lines; i++)
        {
            var length = random.Next(20) switch
            {
                0 => 0,
                1 => maxLineBytes + random.Next(-2, 3),
                2 => random.Next(3 * maxLineBytes),
                _ => random.Next(120),
            };
            for (var j = 0; j < length; j++)
            {
                var value = (byte)random.Next(256);
                content.Add(value == (byte)'\n' ? (byte)'\r' : value);
            }

            if (i < lines - 1 || random.Next(2) == 0)
            {
                content.AddRange(random.Next(3) == 0 ? "\r\n"u8 : "\n"u8);
            }
        }

        return [.. content];
    }
}
