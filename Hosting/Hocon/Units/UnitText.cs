namespace AkkaPrivacy.Hosting.Hocon.Units;

/// <summary>Splits a number from the letters behind it.</summary>
internal static class UnitText
{
    public static bool TrySplit(string text, out decimal number, out string unit)
    {
        var trimmed = text.AsSpan().Trim();
        var at = trimmed.Length;
        while (at > 0 && char.IsLetter(trimmed[at - 1]))
        {
            at--;
        }

        unit = trimmed[at..].ToString();
        return HoconNumber.TryDecimal(trimmed[..at].TrimEnd(), out number);
    }

    // Multiplies exactly; a product that decimal would round has a fraction that no whole number of units equals.
    public static bool TryScale(decimal number, decimal factor, out long whole)
    {
        whole = 0;
        try
        {
            var product = number * factor;
            if (product != decimal.Truncate(product) || product < long.MinValue || product > long.MaxValue
                || product / factor != number)
            {
                return false;
            }

            whole = (long)product;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
