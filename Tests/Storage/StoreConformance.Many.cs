using AkkaPrivacy.Engine.Ports;
using Xunit;

namespace AkkaPrivacy.Tests.Storage;

/// <content>Calls for several streams or rows.</content>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task Several_streams_are_appended_to_and_read_in_one_call()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.AppendAsync("b", 0, [Event("a/1", "b1")]);
            await tx.AppendManyAsync([
                new StreamAppend("a", 0, [Event("a/1", "a1"), Event("b/1", "a2"), Event("a/1", "")]),
                new StreamAppend("b", 1, [Event("a/1", "b2")])]);
            await tx.AppendManyAsync([]);
            return 0;
        });
        var read = await store.TransactAsync(tx => tx.ReadStreamsAsync([new("b", 0), new("none", 0), new("a", 1), new("a", 0), new("a", 3)], 2));
        Assert.Equal(
            ["1 b1, 2 b2", "", "2 a2, 3 ", "1 a1, 2 a2", ""],
            read.Select(events => string.Join(", ", events.Select(item => $"{item.Version} {Text(item.Payload)}"))));
        Assert.Equal("b/1", read[2][0].Type);
        Assert.Empty(await store.TransactAsync(tx => tx.ReadStreamsAsync([], 1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task One_stream_that_moved_on_takes_the_others_with_it(long expected)
    {
        await using var store = await OpenAsync();
        await store.TransactAsync(tx => tx.AppendAsync("s", 0, [Event("a/1", "1"), Event("a/1", "2")]));
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.TransactAsync(async tx =>
        {
            await Assert.ThrowsAsync<StoreException>(() =>
                tx.AppendManyAsync([new("t", 0, [Event("a/1", "1")]), new("s", expected, [Event("a/1", "3")])]).AsTask());
            return 0;
        }).AsTask());
        Assert.Equal(StoreFailure.VersionConflict, failure.Failure);
        Assert.Contains("'s'", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await store.TransactAsync(tx => tx.ReadStreamAsync("t")));
        Assert.Equal(2, (await store.TransactAsync(tx => tx.ReadStreamAsync("s"))).Count);
    }

    [Fact]
    public async Task Several_rows_are_put_and_got_in_one_call()
    {
        var longest = string.Concat(Enumerable.Repeat("\uFF21", StoreNames.MaxKeyLength));
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "b", Bytes("old"));
            await tx.PutManyAsync("t", [new("c", Bytes("3")), new("b", Bytes("new")), new(longest, Bytes("4")), new("empty", default)]);
            await tx.PutManyAsync("t", []);
            return 0;
        });
        var read = await store.TransactAsync(tx => tx.GetManyAsync("t", ["b", "none", "c", "b", longest, "empty"]));
        Assert.Equal(["new", null, "3", "new", "4", ""], read.Select(value => value is null ? null : Text(value)));
        Assert.All(await store.TransactAsync(tx => tx.GetManyAsync("other", ["b", "c"])), Assert.Null);
        Assert.Empty(await store.TransactAsync(tx => tx.GetManyAsync("t", [])));
        Assert.Equal(["b", "c", "empty", longest], (await store.TransactAsync(tx => tx.ScanAsync("t"))).Select(row => row.Key));
    }

    [Fact]
    public async Task More_than_fits_into_one_message_is_written_whole()
    {
        var large = new byte[6 * 1024 * 1024];
        large[^1] = 7;
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutManyAsync("t", [.. Enumerable.Range(0, 4).Select(i => new NewRow($"k{i}", large))]);
            await tx.AppendManyAsync([.. Enumerable.Range(0, 2).Select(i => new StreamAppend($"s{i}", 0, [new NewEvent("a/1", large), new NewEvent("a/1", large)]))]);
            return 0;
        });
        Assert.All(await store.TransactAsync(tx => tx.GetManyAsync("t", ["k0", "k3"])), value => Assert.Equal(7, value![^1]));
        Assert.Equal([2, 2], (await store.TransactAsync(tx => tx.ReadStreamsAsync([new("s0", 0), new("s1", 0)], 10))).Select(events => events.Count));
    }

    [Fact]
    public async Task A_call_for_several_is_checked_before_anything_is_written()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.PutManyAsync("t", [new("k", Bytes("1")), new("k", Bytes("2"))]));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.PutManyAsync("t", [new("k", Bytes("1")), new("", Bytes("2"))]));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.GetManyAsync("t", ["k", "\0"]));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.AppendManyAsync([new("s", 0, [Event("a/1", "")]), new("s", 1, [Event("a/1", "")])]));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.AppendManyAsync([new("s", 0, [Event("a/1", "")]), new("t", 0, [])]));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.ReadStreamsAsync([new("s", -1)], 1));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.ReadStreamsAsync([new("s", 0)], 0));
            return 0;
        });
        Assert.Empty(await store.TransactAsync(tx => tx.ScanAsync("t")));
        Assert.Empty(await store.TransactAsync(tx => tx.ReadStreamAsync("s")));
    }

    [Fact]
    public async Task An_epoch_is_read_without_dooming_the_transaction()
    {
        await using var store = await OpenAsync();
        var epochs = await store.TransactAsync(async tx =>
        {
            var before = await tx.EpochAsync("r");
            await tx.AcquireEpochAsync("r");
            await tx.AcquireEpochAsync("r");
            return (before, await tx.EpochAsync("r"));
        });
        Assert.Equal((0, 2), epochs);
    }
}
