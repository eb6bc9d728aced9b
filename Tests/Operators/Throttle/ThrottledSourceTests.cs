using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Throttle;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Throttle;

public sealed class ThrottledSourceTests
{
    private static readonly byte[] Lines = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"line {i:00000}")));

    [Theory]
    [InlineData(1000.0, null)]
    [InlineData(null, 11_000.0)]
    [InlineData(1000.0, 1e6)]
    [InlineData(1e6, 11_000.0)]
    public async Task Rows_come_no_faster_than_allowed_and_none_is_lost(double? rows, double? bytes)
    {
        var clock = new NappingClock();
        await using var source = new ThrottledSource(new MemoryLineSource("m", Lines), new ThrottleOptions { RowsPerSecond = rows, BytesPerSecond = bytes });
        await source.OpenAsync(new SourceContext { Time = clock, DeadLetters = new DeadLetters() }, default);
        var (pool, total, reads, idle) = (new BatchPool(), 0, SourceRead.Rows, 0);
        while (reads != SourceRead.End)
        {
            using var batch = pool.RentBatch();
            var allowed = clock.Seconds * 1000;
            reads = await source.ReadAsync(batch, default);
            idle += reads == SourceRead.Idle ? 1 : 0;

            // One batch ahead of the rate, and never more.
            Assert.InRange(total, 0, Math.Max(allowed, clock.Seconds * 1000) + EventBatch.Capacity);
            total += batch.Count;
        }

        Assert.Equal(20_000, total);
        Assert.InRange(clock.Seconds, 15.5, 20.5);
        Assert.True(idle > 50, $"{idle} naps");
    }

    [Fact]
    public async Task A_wait_is_cancelled_by_the_kill_switch()
    {
        var clock = new NappingClock();
        await using var source = new ThrottledSource(new MemoryLineSource("m", Lines), new ThrottleOptions { RowsPerSecond = 1e-3 });
        await source.OpenAsync(new SourceContext { Time = clock, DeadLetters = new DeadLetters() }, default);
        using var batch = new BatchPool().RentBatch();
        await source.ReadAsync(batch, default);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadAsync(batch, stop.Token));
    }

    [Fact]
    public async Task What_the_source_cannot_do_stays_so()
    {
        await using IEventSource source = new ThrottledSource(new OnceSource(), new ThrottleOptions { RowsPerSecond = 1 });
        Assert.Equal((false, false), (source.KeepsPartitions, source.CanReadAgain));
    }

    [Fact]
    public void Limits_out_of_range_are_refused_and_the_plan_hash_is_not_touched()
    {
        var lines = Source.FromLines(() => new MemoryLineSource("m", Lines), "lines");
        Assert.Throws<ArgumentException>(() => lines.Throttle(new ThrottleOptions()));
        Assert.Throws<ArgumentOutOfRangeException>(() => lines.Throttle(new ThrottleOptions { RowsPerSecond = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => lines.Throttle(new ThrottleOptions { BytesPerSecond = double.NaN }));
        var node = (SourceNode)lines.Throttle(new ThrottleOptions { RowsPerSecond = 5 }).Nodes[0];
        Assert.Equal("lines", node.Description);
        Assert.IsType<ThrottledSource>(node.Open());
    }

    /// <summary>Time passes only while somebody waits for it.</summary>
    private sealed class NappingClock : TimeProvider
    {
        private long _ticks;

        public double Seconds => TimeSpan.FromTicks(_ticks).TotalSeconds;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
            {
                _ticks += dueTime.Ticks;
            }

            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
