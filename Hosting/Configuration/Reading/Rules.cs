using System.Globalization;
using System.Text.RegularExpressions;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Hosting.Hocon.Units;

namespace AkkaPrivacy.Hosting.Configuration.Reading;

/// <summary>Rules for the types of HOCON.</summary>
internal static class Rules
{
    /// <summary>True or false.</summary>
    public static Rule<bool> Boolean { get; } = new("true or false", (HoconScalar s, out bool v) => s.TryGetBoolean(out v));

    /// <summary>A path: text that is not empty.</summary>
    public static Rule<string> Path { get; } = new("the path of a file", (HoconScalar s, out string v) =>
    {
        v = s.Text;
        return !string.IsNullOrWhiteSpace(v) && !v.Contains('\0', StringComparison.Ordinal);
    });

    /// <summary>An instant in ISO 8601 with an offset.</summary>
    public static Rule<DateTimeOffset> Instant { get; } = new(
        "an instant such as \"2015-05-17T00:00:00Z\"",
        (HoconScalar s, out DateTimeOffset v) => DateTimeOffset.TryParseExact(
            s.Text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.fffK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out v));

    /// <summary>A decimal number that 28 digits hold.</summary>
    public static Rule<decimal> Decimal { get; } = new(
        "a number of at most 28 digits", (HoconScalar s, out decimal v) => HoconNumber.TryDecimal(s.Text, out v));

    /// <summary>A decimal number above 0.</summary>
    public static Rule<decimal> PositiveDecimal { get; } = new(
        "a number above 0, such as 0.01", (HoconScalar s, out decimal v) => HoconNumber.TryDecimal(s.Text, out v) && v > 0);

    /// <summary>A whole number in a range.</summary>
    public static Rule<int> Integer(int min, int max) => new(
        Invariant($"a whole number from {min} to {max}"),
        (HoconScalar s, out int v) =>
        {
            var read = s.TryGetInt64(out var number) && number >= min && number <= max;
            v = read ? (int)number : min;
            return read;
        });

    /// <summary>Any whole number.</summary>
    public static Rule<long> Whole { get; } = new("a whole number", (HoconScalar s, out long v) => s.TryGetInt64(out v));

    /// <summary>A number in a range; NaN and infinities are in none.</summary>
    public static Rule<double> Number(double min, double max, bool orZero = false) => new(
        $"{(orZero ? "0, or " : string.Empty)}a number from {Short(min)} to {Short(max)}",
        (HoconScalar s, out double v) => s.TryGetDouble(out v) && ((v >= min && v <= max) || (orZero && v == 0)));

    /// <summary>A number above a bound.</summary>
    public static Rule<double> Above(double min, double max) => new(
        $"a number above {Short(min)} and at most {Short(max)}",
        (HoconScalar s, out double v) => s.TryGetDouble(out v) && v > min && v <= max);

    /// <summary>A duration in a range.</summary>
    public static Rule<TimeSpan> Duration(TimeSpan min, TimeSpan max, string range) => new(
        $"a duration {range}, such as 10m (units: ms, s, m, h, d)",
        (HoconScalar s, out TimeSpan v) => s.TryGetDuration(out v) && v >= min && v <= max);

    /// <summary>A size in a range.</summary>
    public static Rule<long> Size(long min, long max, string range) => new(
        $"a size {range}, such as 64KiB",
        (HoconScalar s, out long v) => s.TryGetSize(out v) && v >= min && v <= max);

    /// <summary>Text of a pattern.</summary>
    public static Rule<string> Text(Regex pattern, string allowed) => new(allowed, (HoconScalar s, out string v) =>
    {
        v = s.Text;
        return pattern.IsMatch(v);
    });

    /// <summary>One of a few words.</summary>
    public static Rule<T> Choice<T>(params (string Word, T Value)[] choices) => new(
        choices.Length == 1 ? $"'{choices[0].Word}'" : string.Join(", ", choices.Select(c => $"'{c.Word}'")),
        (HoconScalar s, out T v) =>
        {
            var index = Array.FindIndex(choices, c => c.Word == s.Text);
            v = choices[Math.Max(0, index)].Value;
            return index >= 0;
        });

    private static string Short(double value) => value is >= 1e-4 and < 1e6
        ? value.ToString("R", CultureInfo.InvariantCulture)
        : value.ToString("0.###e-0", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
