using System.Numerics;
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
    // Sorting every stamp would cost more than parsing; a strided sample finds the median well enough.
    private const int SampleSize = 64;

    private readonly long _lateness = (long)settings.AllowedLateness.TotalMilliseconds;
    private readonly long _skew = (long)settings.AllowedSkew.TotalMilliseconds;
    private readonly long[] _stamps = new long[SampleSize];

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

        if (settings.TimeRange is { } range)
        {
            TakeOutside(batch, range);
        }

        if (mode != ArrivalMode.EventTime)
        {
            TakeLateAndEarly(batch);
        }

        Report(batch);
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
                batch.Deselect(row);
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
                    batch.Deselect(row);
                    late++;
                }
                else if (delay < -_skew)
                {
                    batch.Deselect(row);
                    early++;
                }
            }
        }

        Context.DeadLetters.Count(DeadLetterReason.Late, late);
        Context.DeadLetters.Count(DeadLetterReason.Early, early);
    }

    private void Report(EventBatch batch)
    {
        var arrivals = batch.Int64(RowSchema.Arrival).Values;
        if (Median(batch, arrivals) is not { } median)
        {
            return;
        }

        var (rows, low, high) = (0, long.MaxValue, long.MinValue);
        for (var row = 0; row < batch.Count; row++)
        {
            var stamp = arrivals[row];
            if (batch.IsSelected(row) && Math.Abs(stamp - median) <= FrontierTracker.MaxStep)
            {
                low = Math.Min(low, stamp);
                high = Math.Max(high, stamp);
                rows++;
            }
        }

        tracker.Report(batch.Partition, new ArrivalStamps(median, low, high, rows));
    }

    private long? Median(EventBatch batch, long[] arrivals)
    {
        var stride = Math.Max(1, batch.SelectedCount / SampleSize);
        var (seen, count) = (0, 0);
        for (var row = 0; row < batch.Count && count < SampleSize; row++)
        {
            if (batch.IsSelected(row) && seen++ % stride == 0)
            {
                _stamps[count++] = arrivals[row];
            }
        }

        _stamps.AsSpan(0, count).Sort();
        return count == 0 ? null : _stamps[(count - 1) / 2];
    }
}
