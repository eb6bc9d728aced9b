using System.Globalization;

namespace AkkaPrivacy.Hosting.Hocon.Units;

/// <summary>Numbers by JSON's grammar (RFC 8259, section 6).</summary>
internal static class HoconNumber
{
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool IsJsonNumber(ReadOnlySpan<char> text)
    {
        var at = text.StartsWith('-') ? 1 : 0;
        var whole = Digits(text, at);
        if (whole == at || (text[at] == '0' && whole > at + 1))
        {
            return false;
        }

        at = whole;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = Digits(text, at + 1);
            if (fraction == at + 1)
            {
                return false;
            }

            at = fraction;
        }

        return at == text.Length || IsExponent(text[at..]);
    }

    public static bool TryInt64(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (!TryDecimal(text, out var exact) || exact != decimal.Truncate(exact)
            || exact < long.MinValue || exact > long.MaxValue)
        {
            return false;
        }

        value = (long)exact;
        return true;
    }

    public static bool TryDouble(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        return IsJsonNumber(text)
            && double.TryParse(text, Style, CultureInfo.InvariantCulture, out value)
            && Finite(ref value);
    }

    // Decimal keeps 28 digits; what it would round or flush to zero is refused, so that every unit stays exact.
    public static bool TryDecimal(ReadOnlySpan<char> text, out decimal value)
    {
        value = 0;
        return IsJsonNumber(text) && SignificantDigits(text) <= 28
            && decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out value)
            && (value != 0 || SignificantDigits(text) == 0);
    }

    private static int SignificantDigits(ReadOnlySpan<char> text)
    {
        var exponent = text.IndexOfAny('e', 'E');
        var mantissa = exponent < 0 ? text : text[..exponent];
        int count = 0, trailing = 0;
        foreach (var c in mantissa)
        {
            if (char.IsAsciiDigit(c) && (count > 0 || c != '0'))
            {
                count++;
                trailing = c == '0' ? trailing + 1 : 0;
            }
        }

        return count - trailing;
    }

    private static bool IsExponent(ReadOnlySpan<char> text)
    {
        if (text[0] is not ('e' or 'E'))
        {
            return false;
        }

        var at = text.Length > 1 && text[1] is '+' or '-' ? 2 : 1;
        return at < text.Length && Digits(text, at) == text.Length;
    }

    private static int Digits(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool Finite(ref double value)
    {
        if (double.IsFinite(value))
        {
            return true;
        }

        value = 0;
        return false;
    }
}
