using System.Globalization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Hocon.Units;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary>Reads and shows instants, lengths and amounts.</summary>
internal static class LedgerValues
{
    private static readonly string[] Instants = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.fffK"];

    /// <summary>Reads an instant.</summary>
    public static long? Instant(string option, string? text) => text is null ? null
        : DateTimeOffset.TryParseExact(text, Instants, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds()
        : throw new LedgerUsageException($"{option}: found '{text}'; allowed is a day or an instant, such as 2026-03-01 or 2026-03-01T12:00:00Z.");

    /// <summary>Reads an amount in an account's measure.</summary>
    public static PrivacyCost Amount(PrivacyMeasure measure, string? epsilon, string? delta, string? rho)
    {
        var isRho = measure == PrivacyMeasure.ZeroConcentrated;
        if ((isRho ? epsilon : rho) is not null || (measure == PrivacyMeasure.Pure && delta is not null))
        {
            throw new LedgerUsageException($"The account counts in measure {PrivacyMeasureNames.ToName(measure)}: give {(isRho ? "--rho, --delta or both" : measure == PrivacyMeasure.Pure ? "--epsilon" : "--epsilon, --delta or both")}.");
        }

        var loss = isRho
            ? Number("--rho", rho, PrivacyCost.MinRho, PrivacyCost.MaxRho, number => PrivacyCost.ZeroConcentrated(number).Loss)
            : Number("--epsilon", epsilon, PrivacyCost.MinEpsilon, PrivacyCost.MaxEpsilon, number => PrivacyCost.Pure(number).Loss);
        var atto = Number("--delta", delta, PrivacyCost.MinDelta, PrivacyCost.MaxDelta, number => PrivacyCost.ZeroConcentrated(1, number).AttoDelta);
        return loss is null && atto is null
            ? throw new LedgerUsageException($"No amount is named; give {(isRho ? "--rho" : "--epsilon")}.")
            : PrivacyCost.FromUnits(measure, loss ?? 0, atto ?? 0);
    }

    /// <summary>Reads a period's length.</summary>
    public static TimeSpan? Length(string? text) => text is null ? null
        : HoconDuration.TryParse(text, out var length) ? length
        : throw new LedgerUsageException($"--length: found '{text}'; allowed is a duration from 1m to 366d, such as 1d.");

    /// <summary>A cost for programs.</summary>
    public static object Json(PrivacyCost cost) => cost.Measure == PrivacyMeasure.ZeroConcentrated
        ? new { Rho = cost.Epsilon, cost.Delta }
        : new { cost.Epsilon, cost.Delta };

    /// <summary>A cost for programs.</summary>
    public static object Json(Units units, PrivacyMeasure measure) => Json(units.ToCost(measure));

    /// <summary>A period for programs.</summary>
    public static object Json(TimeWindow window) => new { Start = Instant(window.StartMs), End = Instant(window.EndMs) };

    /// <summary>An instant.</summary>
    public static string Instant(long timeMs)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(timeMs);
        return time.ToString(time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>A cost without the name of its unit.</summary>
    public static string Text(Units units, PrivacyMeasure measure)
    {
        var cost = units.ToCost(measure);
        var loss = cost.Epsilon.ToString("0.#########", CultureInfo.InvariantCulture);
        return cost.AttoDelta == 0 ? loss : $"{loss} + delta {cost.Delta.ToString("0.###e-0", CultureInfo.InvariantCulture)}";
    }

    /// <summary>What losses of a measure are called.</summary>
    public static string Unit(PrivacyMeasure measure) => measure == PrivacyMeasure.ZeroConcentrated ? "rho" : "epsilon";

    /// <summary>The larger share of the two parts of a budget that is used, 0 to 1.</summary>
    public static double Share(Units part, Units whole) =>
        Math.Clamp(Math.Max(whole.Loss == 0 ? 0 : (double)part.Loss / whole.Loss, whole.AttoDelta == 0 ? 0 : (double)part.AttoDelta / whole.AttoDelta), 0, 1);

    /// <summary>A bar.</summary>
    public static string Bar(double share, int width, bool isTerminal)
    {
        var full = (int)Math.Round(share * width);
        return new string(isTerminal ? '█' : '#', full) + new string(isTerminal ? '░' : '.', width - full);
    }

    private static long? Number(string option, string? text, double min, double max, Func<double, long> units)
    {
        if (text is null)
        {
            return null;
        }

        // NaN, infinities and subnormal numbers are in no range.
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? units(number)
            : throw new LedgerUsageException(FormattableString.Invariant($"{option}: found '{text}'; allowed is a number from {min} to {max}."));
    }
}
