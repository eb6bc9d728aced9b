using System.Globalization;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Texts of OpenTelemetry's consistent probability sampling (specification "TraceState: Probability Sampling").</summary>
internal static class ProbabilitySampling
{
    private const int Digits = 14;
    private const int TraceIdDigits = 32;

    /// <summary>The 56-bit randomness of a trace id (its last 14 hexadecimal digits) or of an explicit <c>rv</c> (all 14).</summary>
    /// <param name="text">The UTF-8 text.</param>
    /// <param name="randomness">0 to 2^56 - 1.</param>
    /// <returns>False when the text is neither.</returns>
    public static bool TryRandomness(ReadOnlySpan<byte> text, out ulong randomness)
    {
        randomness = 0;
        return text.Length is Digits or TraceIdDigits
            && !text.ContainsAnyExcept("0123456789abcdefABCDEF"u8)
            && ulong.TryParse(text[^Digits..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out randomness);
    }

    /// <summary>A threshold as <c>th</c> writes it: 14 hexadecimal digits without the zeros at the end, <c>0</c> for none.</summary>
    /// <param name="threshold">0 to 2^56 - 1.</param>
    /// <returns>The text.</returns>
    public static string Th(ulong threshold)
    {
        var digits = threshold.ToString("x14", CultureInfo.InvariantCulture).TrimEnd('0');
        return digits.Length == 0 ? "0" : digits;
    }
}
