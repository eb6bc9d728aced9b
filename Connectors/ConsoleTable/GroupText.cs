using System.Globalization;
using System.Text;

namespace AkkaPrivacy.Connectors.ConsoleTable;

/// <summary>Group keys as text for people.</summary>
public static class GroupText
{
    /// <summary>The parts joined by <c>, </c>; <c>(all)</c> for a total.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The text, without control and format characters.</returns>
    public static string Of(IReadOnlyList<string> key) => key.Count == 0 ? "(all)" : string.Join(", ", key.Select(Printable));

    // Unknown keys come from whoever sent the events. Control and format characters could move the cursor, clear the
    // screen or turn the line around, so they are shown as their code points.
    private static string Printable(string part)
    {
        if (!part.EnumerateRunes().Any(IsHidden))
        {
            return part;
        }

        var text = new StringBuilder();
        foreach (var rune in part.EnumerateRunes())
        {
            text.Append(IsHidden(rune) ? string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}") : rune.ToString());
        }

        return text.ToString();
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
