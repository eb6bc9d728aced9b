using System.Diagnostics;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.LoadTests.Compare.Latency;

namespace AkkaPrivacy.LoadTests.Compare.Ledger;

/// <summary>What was measured of one contender in one way of asking.</summary>
/// <param name="PerSecond">Releases a second that were answered as stored.</param>
/// <param name="Delays">From asking, or from the scheduled arrival, to the answer.</param>
internal sealed record LedgerSample(double PerSecond, DelayHistogram Delays);

/// <summary>Asks for releases, by callers that wait for their answers or by a schedule that waits for nobody.</summary>
internal sealed class LedgerLoops(LedgerLoad load, Func<ReleaseRequest, ValueTask<ReleaseOutcome>> ask)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Closed loop: each caller asks again when it is answered.</summary>
    public async Task<LedgerSample> ClosedAsync(int callers, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var mine = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var asked = Stopwatch.GetTimestamp();
                var (account, request) = load.Next();
                load.Answered(account, await ask(request).ConfigureAwait(false));
                mine.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }

            return mine;
        }))).ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return Sample(all.SelectMany(delays => delays), seconds);
    }

    /// <summary>Open loop: requests come evenly at a rate, whatever becomes of those before; a delay counts from when its
    /// request was to come. The first part is a warm-up and does not count.</summary>
    public async Task<LedgerSample> OpenAsync(double perSecond, TimeSpan time, TimeSpan warmUp)
    {
        var schedule = new ArrivalSchedule(perSecond, time + warmUp, warmUp);
        var delays = new DelayHistogram();
        var under = new List<Task>();
        var asked = 0L;
        schedule.Begin();
        while (!schedule.IsOver(asked))
        {
            for (var due = schedule.Due(); asked < due; asked++)
            {
                under.Add(AskAsync(schedule, asked, delays));
            }

            if (under.Count > 1_000_000)
            {
                throw new InvalidOperationException("More than a million requests are under way: the rate is beyond what is possible here.");
            }

            await Task.Delay(Tick).ConfigureAwait(false);
            under.RemoveAll(task => task.IsCompletedSuccessfully);
        }

        await Task.WhenAll(under).ConfigureAwait(false);
        return new LedgerSample(delays.Count / (schedule.Elapsed - warmUp).TotalSeconds, delays);
    }

    private static LedgerSample Sample(IEnumerable<double> milliseconds, double seconds)
    {
        var delays = new DelayHistogram();
        foreach (var delay in milliseconds)
        {
            delays.Add(delay);
        }

        return new LedgerSample(delays.Count / seconds, delays);
    }

    private async Task AskAsync(ArrivalSchedule schedule, long number, DelayHistogram delays)
    {
        var (account, request) = load.Next();
        var outcome = await ask(request).ConfigureAwait(false);
        var delay = schedule.DelayMs(number, Stopwatch.GetTimestamp());
        load.Answered(account, outcome);
        if (schedule.Counts(number))
        {
            lock (delays)
            {
                delays.Add(delay);
            }
        }
    }
}
