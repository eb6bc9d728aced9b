using System.Buffers;
using System.Text;

namespace AkkaPrivacy.Operators.Utf8Text;

/// <summary>Letter case of UTF-8 text, for the letters A to Z only: it depends on no culture and keeps lengths.</summary>
internal static class AsciiCase
{
    /// <summary>Copies a text with <c>A</c> to <c>Z</c> as <c>a</c> to <c>z</c>; other bytes stay.</summary>
    /// <param name="text">The text, of any bytes.</param>
    /// <param name="target">Where to; at least as long.</param>
    public static void Lower(ReadOnlySpan<byte> text, Span<byte> target)
    {
        // The vectorised method stops at the first byte outside ASCII; such texts are rare and done byte by byte.
        if (Ascii.ToLower(text, target, out _) == OperationStatus.Done)
        {
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            target[i] = text[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(text[i] | 0x20) : text[i];
        }
    }
}
