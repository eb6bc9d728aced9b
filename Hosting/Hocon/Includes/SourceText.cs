using System.Text;
using System.Text.Unicode;

namespace AkkaPrivacy.Hosting.Hocon.Includes;

/// <summary>Reads configuration text and refuses what is no text.</summary>
internal static class SourceText
{
    /// <summary>Reads a file; null when it does not exist.</summary>
    public static string? TryRead(string fullPath, string source, HoconOrigin wantedBy)
    {
        try
        {
            using var file = new FileStream(fullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            return Decode(ReadBounded(file, source), source);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(wantedBy, $"found the file {source}, but it cannot be read ({e.GetType().Name}); allowed is a readable file");
        }
    }

    /// <summary>Checks text that was not read from a file.</summary>
    public static void Check(string text, string source)
    {
        if (text.Length > HoconLimits.MaxFileBytes)
        {
            throw TooLarge(source);
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
            {
                throw NotText(text.AsSpan(0, i), source, text[i] == '\0');
            }
        }
    }

    /// <summary>Decodes UTF-8 strictly.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.Length > HoconLimits.MaxFileBytes)
        {
            throw TooLarge(source);
        }

        var zero = bytes.IndexOf((byte)0);
        var valid = bytes[..(zero < 0 ? bytes.Length : zero)];
        var text = new char[valid.Length];
        var status = Utf8.ToUtf16(valid, text, out _, out var written, replaceInvalidSequences: false);
        if (zero >= 0 || status != System.Buffers.OperationStatus.Done)
        {
            throw NotText(text.AsSpan(0, written), source, status == System.Buffers.OperationStatus.Done);
        }

        return new string(text, 0, written);
    }

    private static byte[] ReadBounded(FileStream file, string source)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var read = file.Read(buffer); read > 0; read = file.Read(buffer))
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > HoconLimits.MaxFileBytes)
            {
                throw TooLarge(source);
            }
        }

        return bytes.ToArray();
    }

    private static HoconException TooLarge(string source) =>
        new(new HoconOrigin(source, 0, 0), $"found more than {HoconLimits.MaxFileBytes} bytes; a configuration of at most 16 MiB is allowed");

    private static HoconException NotText(ReadOnlySpan<char> before, string source, bool zero)
    {
        var line = before.Count('\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        if (line == 1 && before.StartsWith("\uFEFF"))
        {
            column--;
        }

        var found = zero ? "a NUL character" : "bytes that are no UTF-8";
        return new HoconException(new HoconOrigin(source, line, column), $"found {found}; allowed is text in UTF-8");
    }
}
