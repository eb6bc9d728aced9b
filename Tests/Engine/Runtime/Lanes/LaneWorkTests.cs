using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime.Lanes;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime.Lanes;

public sealed class LaneWorkTests
{
    private readonly BatchPool _pool = new();
    private readonly LaneWork _work = new(lanes: 2, limit: 4);

    [Fact]
    public async Task A_lane_takes_what_was_posted_then_parts_then_batches_that_were_read_ahead()
    {
        var (batch, part) = (_pool.RentBatch(), _pool.RentBatch());
        var posted = false;
        var read = _work.ReadAsync(batch);
        Assert.True(read.IsCompletedSuccessfully);
        await read;
        _work.PassOn(0, part);
        _work.Post(0, () => posted = true);
        Assert.Equal((1, 1, 0), (_work.Ahead, _work.Parts(0), _work.Parts(1)));

        (await _work.TakeAsync(0)).Post!();
        Assert.True(posted);
        Assert.Equal(new LaneTask { Batch = part, IsPart = true }, await _work.TakeAsync(0));
        Assert.Equal(new LaneTask { Batch = batch }, await _work.TakeAsync(0));
    }

    [Fact]
    public async Task A_lane_without_work_takes_the_reader_and_counts_first_what_it_reads()
    {
        var (batch, thread, before) = (_pool.RentBatch(), 0, Environment.CurrentManagedThreadId);
        var reader = ReadAsync();
        var turn = await _work.TakeAsync(1);
        Assert.NotNull(turn.Reader);
        _work.Run(1, turn);
        Assert.Equal(before, thread);
        Assert.False(reader.IsCompleted);

        // The other lane may read the next one at once, and has no other work.
        Assert.Equal(new LaneTask { Batch = batch }, await _work.TakeAsync(1));
        _work.Run(0, await _work.TakeAsync(0));
        await reader;

        async Task ReadAsync()
        {
            await _work.WhenEmptyAsync().ConfigureAwait(false);
            thread = Environment.CurrentManagedThreadId;
            await _work.ReadAsync(batch).ConfigureAwait(false);
        }
    }

    [Fact]
    public async Task A_reader_on_a_thread_of_its_own_reads_ahead_to_the_limit_and_goes_on_at_half_of_it()
    {
        for (var i = 0; i < 3; i++)
        {
            var read = _work.ReadAsync(_pool.RentBatch());
            Assert.True(read.IsCompletedSuccessfully);
            await read;
        }

        var room = _work.ReadAsync(_pool.RentBatch()).AsTask();
        await DoAsync();
        Assert.False(room.IsCompleted);
        await DoAsync();
        await room;
    }

    [Fact]
    public async Task What_waits_for_the_end_of_all_comes_last_and_after_that_nothing()
    {
        await _work.ReadAsync(_pool.RentBatch());
        var ended = EndAsync();
        await DoAsync();
        Assert.False(ended.IsCompleted);
        _work.Run(0, await _work.TakeAsync(0));
        await ended;
        Assert.Equal(default, await _work.TakeAsync(0));
        Assert.Equal(default, await _work.TakeAsync(1));

        async Task EndAsync()
        {
            await _work.WhenEmptyAsync().ConfigureAwait(false);
            _work.Complete();
        }
    }

    [Fact]
    public async Task A_lane_that_waits_is_woken()
    {
        var (zero, one) = (_work.TakeAsync(0).AsTask(), _work.TakeAsync(1).AsTask());
        Assert.False(zero.IsCompleted || one.IsCompleted);
        var part = _pool.RentBatch();
        _work.PassOn(1, part);
        Assert.Equal(part, (await one).Batch);
        Assert.False(zero.IsCompleted);
        _work.Complete();
        Assert.Equal(default, await zero);
    }

    private async Task DoAsync()
    {
        Assert.NotNull((await _work.TakeAsync(0)).Batch);
        _work.Done();
    }
}
