namespace AkkaPrivacy.Hosting.Hocon.Units;

/// <summary>HOCON's duration format.</summary>
internal static class HoconDuration
{
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        if (!UnitText.TrySplit(text, out var number, out var unit) || TicksOf(unit) is not { } ticks
            || !UnitText.TryScale(number, ticks, out var total))
        {
            return false;
        }

        value = new TimeSpan(total);
        return true;
    }

    private static decimal? TicksOf(string unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 0.01m,
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    };
}
