using System.Diagnostics;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>Takes arrivals and does nothing with them: what the timer and the machine's other programs cost anybody.</summary>
internal static class IdleBaseline
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs while rows arrive at a rate.</summary>
    /// <param name="perSecond">The rate.</param>
    /// <param name="length">How long, the warm-up included.</param>
    /// <param name="warmUp">The warm-up.</param>
    /// <returns>The delays.</returns>
    public static async Task<DelayHistogram> RunAsync(double perSecond, TimeSpan length, TimeSpan warmUp)
    {
        ArrivalSchedule schedule = new(perSecond, length, warmUp);
        DelayHistogram delays = new();
        for (var row = 0L; !schedule.IsOver(row);)
        {
            var due = schedule.Due();
            var now = Stopwatch.GetTimestamp();
            for (; row < due; row++)
            {
                if (schedule.Counts(row))
                {
                    delays.Add(schedule.DelayMs(row, now));
                }
            }

            await Task.Delay(Wait).ConfigureAwait(false);
        }

        return delays;
    }
}
