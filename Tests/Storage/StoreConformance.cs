using System.Text;
using AkkaPrivacy.Engine.Ports;
using Xunit;

namespace AkkaPrivacy.Tests.Storage;

/// <summary>What every implementation of <see cref="IStore"/> promises. A store's tests derive from it and say how
/// to open one. See <see cref="DurableStoreConformance"/> for a store whose data outlives it.</summary>
public abstract partial class StoreConformance
{
    protected abstract ValueTask<IStore> OpenAsync();

    [Fact]
    public async Task Appends_number_events_from_one_and_reads_keep_their_order()
    {
        await using var store = await OpenAsync();
        Assert.Equal(2, await store.TransactAsync(tx => tx.AppendAsync("s", 0, [Event("a/1", "1"), Event("b/1", "2")])));
        Assert.Equal(3, await store.TransactAsync(tx => tx.AppendAsync("s", 2, [Event("a/1", "")])));
        await store.TransactAsync(tx => tx.AppendAsync("t", 0, [Event("other/1", "x")]));

        var all = await store.TransactAsync(tx => tx.ReadStreamAsync("s"));
        Assert.Equal([(1, "a/1", "1"), (2, "b/1", "2"), (3, "a/1", "")], all.Select(e => ((int)e.Version, e.Type, Text(e.Payload))));
        Assert.Equal([3L], (await store.TransactAsync(tx => tx.ReadStreamAsync("s", 2))).Select(e => e.Version));
        Assert.Equal([1L, 2L], (await store.TransactAsync(tx => tx.ReadStreamAsync("s", 0, 2))).Select(e => e.Version));
        Assert.Empty(await store.TransactAsync(tx => tx.ReadStreamAsync("s", 3)));
        Assert.Empty(await store.TransactAsync(tx => tx.ReadStreamAsync("none")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_append_at_another_version_conflicts_and_dooms_the_transaction(long expected)
    {
        await using var store = await OpenAsync();
        await store.TransactAsync(tx => tx.AppendAsync("s", 0, [Event("a/1", "1"), Event("a/1", "2")]));
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k", Bytes("v"));
            await Assert.ThrowsAsync<StoreException>(() => tx.AppendAsync("s", expected, [Event("a/1", "3")]).AsTask());
            return 0;
        }).AsTask());
        Assert.Equal(StoreFailure.VersionConflict, failure.Failure);
        Assert.Null(await store.TransactAsync(tx => tx.GetAsync("t", "k")));
        Assert.Equal(2, (await store.TransactAsync(tx => tx.ReadStreamAsync("s"))).Count);
    }

    [Fact]
    public async Task A_transaction_sees_its_own_writes()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k", Bytes("1"));
            await tx.PutAsync("t", "k", Bytes("2"));
            Assert.Equal("2", Text(await tx.GetAsync("t", "k")));
            await tx.DeleteAsync("t", "k");
            await tx.DeleteAsync("t", "never there");
            Assert.Null(await tx.GetAsync("t", "k"));
            await tx.AppendAsync("s", 0, [Event("a/1", "1")]);
            Assert.Single(await tx.ReadStreamAsync("s"));
            return await tx.AppendAsync("s", 1, [Event("a/1", "2")]);
        });
    }

    [Fact]
    public async Task A_rollback_leaves_nothing_behind()
    {
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "kept", Bytes("old"));
            await tx.PutAsync("t", "deleted", Bytes("old"));
            await tx.AcquireEpochAsync("r");
            return await tx.AppendAsync("s", 0, [Event("a/1", "1")]);
        });
        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => store.TransactAsync<int>(async tx =>
        {
            await tx.PutAsync("t", "kept", Bytes("new"));
            await tx.PutAsync("t", "added", Bytes("new"));
            await tx.DeleteAsync("t", "deleted");
            await tx.AppendAsync("s", 1, [Event("a/1", "2"), Event("a/1", "3")]);
            await tx.AcquireEpochAsync("r");
            await tx.AcquireEpochAsync("r2");
            throw new InvalidTimeZoneException("the work's own");
        }).AsTask());
        Assert.Equal("the work's own", thrown.Message);
        await store.TransactAsync(async tx =>
        {
            Assert.Equal(["deleted=old", "kept=old"], (await tx.ScanAsync("t")).Select(row => $"{row.Key}={Text(row.Value)}"));
            Assert.Single(await tx.ReadStreamAsync("s"));
            Assert.Equal(2, await tx.AcquireEpochAsync("r"));
            return await tx.AcquireEpochAsync("r2");
        });
    }

    [Fact]
    public async Task A_scan_is_ordered_by_utf8_bytes_and_pages()
    {
        // By UTF-16 units U+1F600 (a surrogate pair) would stand before U+FF21.
        string[] keys = ["a", "ab", "a|", "a|b", "b", "é", "\uD7FF", "\uE000", "\uFF21", "\U0001F600", "\U0001F600a", "\U0010FFFF", "\U0010FFFFz"];
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            foreach (var key in keys.Reverse())
            {
                await tx.PutAsync("t", key, Bytes(key));
                await tx.PutAsync("u", key + "x", Bytes("other table"));
            }

            return 0;
        });

        async Task<string[]> Scan(string prefix, string? after = null, int limit = 1000) =>
            [.. (await store.TransactAsync(tx => tx.ScanAsync("t", prefix, after, limit))).Select(row => row.Key)];

        Assert.Equal(keys, await Scan(""));
        Assert.Equal(["a", "ab", "a|", "a|b"], await Scan("a"));
        Assert.Equal(["a|", "a|b"], await Scan("a|"));
        Assert.Equal(["\uD7FF"], await Scan("\uD7FF"));
        Assert.Equal(["\U0010FFFF", "\U0010FFFFz"], await Scan("\U0010FFFF"));
        Assert.Equal(["\U0010FFFFz"], await Scan("\U0010FFFF", "\U0010FFFF"));
        Assert.Equal(["a|", "a|b"], await Scan("a", "ab", 2));
        Assert.Equal(["a", "ab"], await Scan("a", "Z", 2));
        Assert.Empty(await Scan("a", "b"));
        Assert.Empty(await Scan("none"));
        var paged = new List<string>();
        for (var page = await Scan("", null, 3); page.Length > 0; page = await Scan("", page[^1], 3))
        {
            paged.AddRange(page);
        }

        Assert.Equal(keys, paged);
    }

    [Fact]
    public async Task A_value_of_20_megabytes_and_an_empty_one_come_back_whole()
    {
        var big = new byte[20 * 1024 * 1024];
        for (var i = 0; i < big.Length; i++)
        {
            big[i] = (byte)(i * 31 + (i >> 9));
        }

        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "big", big);
            await tx.PutAsync("t", "empty", ReadOnlyMemory<byte>.Empty);
            return 0;
        });
        var back = await store.TransactAsync(tx => tx.GetAsync("t", "big"));
        Assert.True(big.AsSpan().SequenceEqual(back));
        Assert.Equal("", Text(await store.TransactAsync(tx => tx.GetAsync("t", "empty"))));
    }

    [Fact]
    public async Task A_buffer_that_is_reused_does_not_change_what_is_stored()
    {
        await using var store = await OpenAsync();
        var buffer = Bytes("one");
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k", buffer);
            await tx.AppendAsync("s", 0, [new NewEvent("a/1", buffer)]);
            buffer[0] = (byte)'X';
            (await tx.GetAsync("t", "k"))![1] = (byte)'X';
            return 0;
        });
        Assert.Equal("one", Text(await store.TransactAsync(tx => tx.GetAsync("t", "k"))));
        Assert.Equal("one", Text((await store.TransactAsync(tx => tx.ReadStreamAsync("s")))[0].Payload));
    }

    [Fact]
    public async Task An_old_epoch_is_fenced_even_when_the_work_swallows_it()
    {
        await using var store = await OpenAsync();
        Assert.Equal(1, await store.TransactAsync(tx => tx.AcquireEpochAsync("r")));
        Assert.Equal(2, await store.TransactAsync(tx => tx.AcquireEpochAsync("r")));
        await store.TransactAsync(async tx =>
        {
            await tx.FenceAsync("r", 2);
            return 0;
        });
        var fenced = await Assert.ThrowsAsync<FencedException>(() => store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k", Bytes("v"));
            try
            {
                await tx.FenceAsync("r", 1);
            }
            catch (FencedException)
            {
                return 0;
            }

            return 1;
        }).AsTask());
        Assert.Equal(("r", 1L, 2L), (fenced.Resource, fenced.Held, fenced.Newest));
        Assert.Null(await store.TransactAsync(tx => tx.GetAsync("t", "k")));
        await Assert.ThrowsAsync<FencedException>(() => store.TransactAsync(async tx =>
        {
            await tx.FenceAsync("never acquired", 1);
            return 0;
        }).AsTask());
    }

    [Fact]
    public async Task A_nested_transaction_is_refused_instead_of_deadlocking()
    {
        await using var store = await OpenAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.TransactAsync(async outer =>
        {
            await Task.Yield();
            return await store.TransactAsync(inner => inner.GetAsync("t", "k"));
        }).AsTask());
        Assert.Null(await store.TransactAsync(tx => tx.GetAsync("t", "k")));
    }

    [Fact]
    public async Task A_task_started_inside_a_transaction_may_use_the_store_after_it()
    {
        await using var store = await OpenAsync();
        var gate = new TaskCompletionSource();
        var later = await store.TransactAsync(tx => ValueTask.FromResult(Task.Run(async () =>
        {
            await gate.Task;
            return await store.TransactAsync(inner => inner.GetAsync("t", "k"));
        })));
        gate.SetResult();
        Assert.Null(await later);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_store_usable()
    {
        await using var store = await OpenAsync();
        var entered = new TaskCompletionSource();
        var gate = new TaskCompletionSource<int>();
        var first = store.TransactAsync(async tx =>
        {
            entered.SetResult();
            return await gate.Task;
        }).AsTask();
        await entered.Task;
        using var cancel = new CancellationTokenSource();
        var second = store.TransactAsync(tx => ValueTask.FromResult(2), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.SetResult(1);
        Assert.Equal(1, await first);
        Assert.Equal(3, await store.TransactAsync(tx => ValueTask.FromResult(3)));
    }

    [Fact]
    public async Task A_transaction_is_of_no_use_after_its_work()
    {
        await using var store = await OpenAsync();
        var kept = await store.TransactAsync(tx => ValueTask.FromResult(tx));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await kept.GetAsync("t", "k"));
    }

    [Fact]
    public async Task A_disposed_store_refuses()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.TransactAsync(tx => ValueTask.FromResult(1)).AsTask());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nul\0")]
    [InlineData("half a pair")]
    public async Task A_bad_name_is_an_argument_error_and_does_not_doom(string name)
    {
        // An attribute cannot carry half a pair: its text is stored as UTF-8.
        name = name == "half a pair" ? "half \uD83D" : name;
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k", Bytes("v"));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.PutAsync(name, "k", Bytes("v")));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.PutAsync("t", name, Bytes("v")));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.AppendAsync(name, 0, [Event("a/1", "")]));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.AppendAsync("s", 0, []));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.AcquireEpochAsync(name));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await tx.ScanAsync("t", limit: 0));
            return 0;
        });
        Assert.NotNull(await store.TransactAsync(tx => tx.GetAsync("t", "k")));
    }

    [Fact]
    public async Task The_longest_names_are_accepted()
    {
        var name = string.Concat(Enumerable.Repeat("\uFF21", StoreNames.MaxNameLength));
        var key = string.Concat(Enumerable.Repeat("\uFF21", StoreNames.MaxKeyLength));
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync(name, key, Bytes("v"));
            await tx.AcquireEpochAsync(name);
            return await tx.AppendAsync(name, 0, [Event(name, "1")]);
        });
        Assert.Equal("v", Text(await store.TransactAsync(tx => tx.GetAsync(name, key))));
    }

    [Fact]
    public async Task Concurrent_writers_lose_no_update()
    {
        await using var store = await OpenAsync();
        await WritersLoseNoUpdateAsync(store, store);
    }

    protected static async Task WritersLoseNoUpdateAsync(IStore one, IStore two)
    {
        const int writers = 4, rounds = 25;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < rounds; round++)
            {
                await (i % 2 == 0 ? one : two).TransactAsync(async tx =>
                {
                    var seen = await tx.GetAsync("t", "n") is { } bytes ? int.Parse(Text(bytes)) : 0;
                    await Task.Yield();
                    await tx.PutAsync("t", "n", Bytes($"{seen + 1}"));
                    return await tx.AppendAsync("s", seen, [Event("a/1", $"{i}")]);
                });
            }
        })));
        Assert.Equal($"{writers * rounds}", Text(await one.TransactAsync(tx => tx.GetAsync("t", "n"))));
        Assert.Equal(writers * rounds, (await two.TransactAsync(tx => tx.ReadStreamAsync("s"))).Count);
    }

    protected static NewEvent Event(string type, string payload) => new(type, Bytes(payload));

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(byte[]? bytes) => Encoding.UTF8.GetString(Assert.IsType<byte[]>(bytes));
}
