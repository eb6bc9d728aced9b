using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Throttle;

/// <summary>Reads another source no faster than allowed: what was read is a debt of time, and nothing is read before it is
/// paid. Nothing is dropped; what waits, waits in the input.</summary>
/// <param name="inner">The source.</param>
/// <param name="options">The limits.</param>
internal sealed class ThrottledSource(IEventSource inner, ThrottleOptions options) : IEventSource
{
    // Between naps the runtime fires windows, stores its state and sees the kill switch.
    private static readonly TimeSpan LongestNap = TimeSpan.FromMilliseconds(100);
    private TimeProvider _time = TimeProvider.System;
    private long _last;
    private long _bytes;
    private double _debtSeconds;
    private int _partition;

    public string Name => inner.Name;

    public RowSchema Schema => inner.Schema;

    public long? TotalBytes => inner.TotalBytes;

    public long BytesRead => inner.BytesRead;

    public int Partitions => inner.Partitions;

    public IReadOnlyList<string> Warnings => inner.Warnings;

    public bool KeepsPartitions => inner.KeepsPartitions;

    public bool CanReadAgain => inner.CanReadAgain;

    public async ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        _time = context.Time;
        await inner.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        _last = _time.GetTimestamp();
        _bytes = inner.BytesRead;
    }

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        Pay();
        if (_debtSeconds > 0)
        {
            var nap = TimeSpan.FromSeconds(Math.Min(_debtSeconds, LongestNap.TotalSeconds));
            await Task.Delay(nap < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : nap, _time, cancellationToken).ConfigureAwait(false);
            Pay();
            if (_debtSeconds > 0)
            {
                batch.Partition = _partition;
                return SourceRead.Idle;
            }
        }

        var read = await inner.ReadAsync(batch, cancellationToken).ConfigureAwait(false);
        _partition = batch.Partition;
        Borrow(batch.Count);
        return read;
    }

    public bool Holds(SourcePosition partition) => inner.Holds(partition);

    public SourcePosition? PartitionAt(int partition) => inner.PartitionAt(partition);

    public IReadOnlyList<SourcePosition> Positions() => inner.Positions();

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Pay()
    {
        var now = _time.GetTimestamp();
        _debtSeconds = Math.Max(0, _debtSeconds - _time.GetElapsedTime(_last, now).TotalSeconds);
        _last = now;
    }

    // Both limits hold: the longer of the two times is owed.
    private void Borrow(int rows)
    {
        var bytes = inner.BytesRead - _bytes;
        _bytes += bytes;
        _debtSeconds += Math.Max(rows / (options.RowsPerSecond ?? double.PositiveInfinity), bytes / (options.BytesPerSecond ?? double.PositiveInfinity));
    }
}
