using System.Globalization;

namespace AkkaPrivacy.Hosting.Configuration;

/// <summary>Durations as a person writes them.</summary>
internal static class Durations
{
    /// <summary>A duration in the largest unit that holds it whole: <c>90m</c>, <c>1d</c>.</summary>
    /// <param name="seconds">Seconds, 0 or more.</param>
    /// <returns>The text.</returns>
    public static string Text(double seconds)
    {
        foreach (var (size, unit) in new[] { (86_400, "d"), (3_600, "h"), (60, "m") })
        {
            if (seconds >= size && seconds % size == 0)
            {
                return (seconds / size).ToString("0", CultureInfo.InvariantCulture) + unit;
            }
        }

        return seconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";
    }
}
