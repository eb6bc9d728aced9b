using System.Diagnostics;
using System.Threading.Channels;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>What one would write by hand: arrivals go into a bounded channel one by one, and a task takes them out and does the
/// job of the loop of <c>compare pipeline</c> with tokens remembered. Noised counts are kept in memory; nothing is charged or
/// stored.</summary>
/// <param name="block">Lines to take rows from.</param>
internal sealed class ChannelBaseline(byte[] block)
{
    private const int Capacity = 65_536;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs as fast as it goes.</summary>
    /// <param name="length">How long rows are there.</param>
    /// <returns>Rows a second.</returns>
    public double Maximum(TimeSpan length)
    {
        ArrivalSchedule schedule = new(double.PositiveInfinity, length, TimeSpan.Zero);
        var (rows, _) = Run(schedule, length, new DelayHistogram());
        return rows / schedule.Elapsed.TotalSeconds;
    }

    /// <summary>Runs while rows arrive at a rate, and no longer.</summary>
    /// <param name="perSecond">The rate.</param>
    /// <param name="length">How long, the warm-up included.</param>
    /// <param name="warmUp">The warm-up.</param>
    /// <returns>The delays, and how many rows had arrived without being counted when time was up.</returns>
    public (DelayHistogram Delays, long Uncounted) Delays(double perSecond, TimeSpan length, TimeSpan warmUp)
    {
        ArrivalSchedule schedule = new(perSecond, length, warmUp);
        DelayHistogram delays = new();
        var (counted, due) = Run(schedule, length, delays);
        var now = Stopwatch.GetTimestamp();
        for (var row = counted; row < due; row++)
        {
            delays.Add(schedule.DelayMs(row, now));
        }

        return (delays, due - counted);
    }

    private (long Counted, long Due) Run(ArrivalSchedule schedule, TimeSpan length, DelayHistogram delays)
    {
        using CancellationTokenSource over = new();
        var rows = Channel.CreateBounded<long>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
        var writer = Task.Run(() => WriteAsync(schedule, rows.Writer, over.Token));
        var counted = Task.Run(() => CountAsync(schedule, length, rows.Reader, delays)).GetAwaiter().GetResult();
        var due = schedule.IsPaced ? schedule.Due() : counted;
        over.Cancel();
        writer.GetAwaiter().GetResult();
        return (counted, due);
    }

    private static async Task WriteAsync(ArrivalSchedule schedule, ChannelWriter<long> rows, CancellationToken over)
    {
        var written = 0L;
        try
        {
            while (!schedule.IsOver(written))
            {
                for (var due = schedule.Due(); written < due; written++)
                {
                    if (!rows.TryWrite(written))
                    {
                        await rows.WriteAsync(written, over).ConfigureAwait(false);
                    }
                }

                await Task.Delay(Wait, over).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Time was up.
        }

        rows.TryComplete();
    }

    private async Task<long> CountAsync(ArrivalSchedule schedule, TimeSpan length, ChannelReader<long> rows, DelayHistogram delays)
    {
        const int CheckEvery = 256;
        var job = new CachedJob(block);
        var counted = 0L;
        await foreach (var row in rows.ReadAllAsync().ConfigureAwait(false))
        {
            var isKept = job.Add(row, schedule.ArrivalMs(row));
            counted++;
            if (isKept && schedule.Counts(row))
            {
                delays.Add(schedule.DelayMs(row, Stopwatch.GetTimestamp()));
            }

            if (counted % CheckEvery == 0 && schedule.Elapsed > length)
            {
                break;
            }
        }

        return counted;
    }

    private sealed class CachedJob(byte[] block)
    {
        private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
        private readonly LoopBaseline.Tokens _tokens = new(cached: true);
        private readonly PageCounts _counts = new();

        public bool Add(long row, double arrivalMs)
        {
            var from = (int)(row * JsonLines.LineBytes % block.Length);
            var view = PageView.Parse(block.AsSpan(from, JsonLines.LineBytes - 1));
            var token = _tokens.Of(view.User);
            if (!LoopBaseline.Keeps(token))
            {
                return false;
            }

            // A second of arrivals is a window, as it is for the engine.
            _counts.Add(Start.AddMinutes((long)(arrivalMs / 1000)), token, view.Page);
            return true;
        }
    }
}
