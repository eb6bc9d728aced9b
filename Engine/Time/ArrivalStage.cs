using System.Numerics;
using System.Runtime.CompilerServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Time;

/// <summary>
/// Stamps arrival, takes out rows that are late, early or outside the declared range, each judged from the row alone, and
/// tells the frontier how far arrivals have come.
/// </summary>
internal sealed class ArrivalStage(PipelineSettings settings, ArrivalMode mode, FrontierTracker tracker) : RowStage
{
    private readonly long _lateness = (long)settings.AllowedLateness.TotalMilliseconds;
    private readonly long _skew = (long)settings.AllowedSkew.TotalMilliseconds;

    // Where the event time is the server's own clock, a field with the role of arrival does not count.
    private readonly int _stampSlot = mode == ArrivalMode.EventTime ? RowSchema.EventTime : RowSchema.Arrival;

    /// <summary>Milliseconds that the event times of rows that are taken out are rounded to for side outputs; 0 for no time.</summary>
    public long RoundMs { get; init; }

    protected override void Process(EventBatch batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        if (mode == ArrivalMode.Ingest)
        {
            Stamp(batch);
        }

        // Stamps count whatever becomes of the row: what is taken out arrived all the same.
        Report(batch);
        if (settings.TimeRange is { } range)
        {
            TakeOutside(batch, range);
        }

        if (mode != ArrivalMode.EventTime)
        {
            TakeLateAndEarly(batch);
        }
    }

    private void Stamp(EventBatch batch)
    {
        var now = Context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var arrival = Context.Pool.RentInt64();
        arrival.Values.AsSpan(0, batch.Count).Fill(now);
        batch.Set(RowSchema.Arrival, arrival);
    }

    private void TakeOutside(EventBatch batch, TimeWindow range)
    {
        var times = batch.Int64(RowSchema.EventTime).Values;
        var outside = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            if (batch.IsSelected(row) && (times[row] < range.StartMs || times[row] >= range.EndMs))
            {
                TakeOut(DeadLetterReason.TimeOutOfRange, batch, row, times[row]);
                outside++;
            }
        }

        Context.DeadLetters.Count(DeadLetterReason.TimeOutOfRange, outside);
    }

    private void TakeLateAndEarly(EventBatch batch)
    {
        var times = batch.Int64(RowSchema.EventTime).Values;
        var arrivals = batch.Int64(RowSchema.Arrival).Values;
        var (late, early) = (0, 0);
        var selection = batch.Selection;
        for (var word = 0; word < selection.Length; word++)
        {
            for (var bits = selection[word]; bits != 0; bits &= bits - 1)
            {
                var row = (word << 6) + BitOperations.TrailingZeroCount(bits);
                var delay = arrivals[row] - times[row];
                if (delay > _lateness)
                {
                    TakeOut(DeadLetterReason.Late, batch, row, times[row]);
                    late++;
                }
                else if (delay < -_skew)
                {
                    TakeOut(DeadLetterReason.Early, batch, row, times[row]);
                    early++;
                }
            }
        }

        Context.DeadLetters.Count(DeadLetterReason.Late, late);
        Context.DeadLetters.Count(DeadLetterReason.Early, early);
    }

    // Apart from the loops, which have nothing to do for almost all rows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeOut(DeadLetterReason reason, EventBatch batch, int row, long time)
    {
        batch.Deselect(row);
        if (Context.DeadLetters.Wants(reason))
        {
            Context.DeadLetters.Tell(reason, batch, row, RoundMs > 0 ? TimeWindow.Containing(time, RoundMs) : null);
        }
    }

    // One run a batch, unless stamps jump by more than a day.
    private void Report(EventBatch batch)
    {
        var stamps = batch.Int64(_stampSlot).Values;
        var (first, rows, low, high) = (0, 0, 0L, 0L);
        foreach (var row in batch.SelectedRows)
        {
            var stamp = stamps[row];
            if (rows > 0 && stamp >= low - FrontierTracker.MaxStep && stamp <= high + FrontierTracker.MaxStep)
            {
                low = Math.Min(low, stamp);
                high = Math.Max(high, stamp);
                rows++;
                continue;
            }

            Report(batch, first, low, high, rows);
            (first, rows, low, high) = (row, 1, stamp, stamp);
        }

        Report(batch, first, low, high, rows);
    }

    private void Report(EventBatch batch, int first, long low, long high, int rows)
    {
        if (rows > 0)
        {
            tracker.Report(batch.Partition, new ArrivalStamps(batch.FirstPosition + first, low, high, rows));
        }
    }
}
