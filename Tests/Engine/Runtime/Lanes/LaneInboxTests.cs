using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime.Lanes;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime.Lanes;

public sealed class LaneInboxTests
{
    private readonly BatchPool _pool = new();

    [Fact]
    public async Task Parts_of_other_lanes_come_before_batches_of_the_reader()
    {
        var inbox = new LaneInbox();
        var (batch, part) = (_pool.RentBatch(), _pool.RentBatch());
        inbox.PutBatch(batch);
        inbox.PutPart(part);
        inbox.Complete();

        Assert.Equal((1, 1), (inbox.Batches, inbox.Parts));
        Assert.Equal((part, true), await inbox.TakeAsync());
        Assert.Equal((batch, false), await inbox.TakeAsync());
        Assert.Null(await inbox.TakeAsync());
    }

    [Fact]
    public async Task A_lane_that_waits_is_woken()
    {
        var inbox = new LaneInbox();
        var first = inbox.TakeAsync();
        Assert.False(first.IsCompleted);
        var part = _pool.RentBatch();
        inbox.PutPart(part);
        Assert.Equal((part, true), await first);

        var second = inbox.TakeAsync();
        inbox.Complete();
        Assert.Null(await second);
    }

    [Fact]
    public async Task The_reader_waits_while_as_many_are_in_flight_as_may_be()
    {
        var inFlight = new InFlight(2);
        await inFlight.WhenRoomAsync();
        inFlight.Add();
        await inFlight.WhenRoomAsync();
        inFlight.Add();
        inFlight.Add();
        var room = inFlight.WhenRoomAsync().AsTask();
        inFlight.Remove();
        Assert.False(room.IsCompleted);
        inFlight.Remove();
        await room;

        var empty = inFlight.WhenEmptyAsync().AsTask();
        Assert.False(empty.IsCompleted);
        inFlight.Remove();
        await empty;
    }
}
