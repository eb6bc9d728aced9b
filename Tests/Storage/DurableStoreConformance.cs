using AkkaPrivacy.Engine.Ports;
using Xunit;

namespace AkkaPrivacy.Tests.Storage;

/// <summary>What a store promises whose data outlives it: every call of <see cref="StoreConformance.OpenAsync"/> in
/// one test opens the same data, also while another store has it open.</summary>
public abstract class DurableStoreConformance : StoreConformance
{
    [Fact]
    public async Task Writers_of_two_stores_lose_no_update()
    {
        await using var one = await OpenAsync();
        await using var two = await OpenAsync();
        await WritersLoseNoUpdateAsync(one, two);
    }

    [Fact]
    public async Task What_was_committed_is_there_after_reopening()
    {
        await using (var store = await OpenAsync())
        {
            await store.TransactAsync(async tx =>
            {
                await tx.PutAsync("t", "k", Bytes("v"));
                await tx.AcquireEpochAsync("r");
                return await tx.AppendAsync("s", 0, [Event("a/1", "1")]);
            });
        }

        await using var again = await OpenAsync();
        await again.TransactAsync(async tx =>
        {
            Assert.Equal("v", Text(await tx.GetAsync("t", "k")));
            Assert.Equal("a/1", (await tx.ReadStreamAsync("s"))[0].Type);
            return await tx.AcquireEpochAsync("r");
        });
        Assert.Equal(3, await again.TransactAsync(tx => tx.AcquireEpochAsync("r")));
    }

    [Fact]
    public async Task Another_opener_takes_over_and_fences_the_first()
    {
        await using var first = await OpenAsync();
        var held = await first.TransactAsync(tx => tx.AcquireEpochAsync("r"));
        await using var second = await OpenAsync();
        await second.TransactAsync(tx => tx.AcquireEpochAsync("r"));
        await Assert.ThrowsAsync<FencedException>(() => first.TransactAsync(async tx =>
        {
            await tx.FenceAsync("r", held);
            await tx.PutAsync("t", "k", Bytes("late"));
            return 0;
        }).AsTask());
        Assert.Null(await second.TransactAsync(tx => tx.GetAsync("t", "k")));
    }

    [Fact]
    public async Task A_verification_reads_everything_and_changes_nothing()
    {
        var longName = new string('n', StoreNames.MaxNameLength);
        await using var store = await OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k\u00e4", Bytes("v"));
            await tx.PutAsync("t", new string('k', StoreNames.MaxKeyLength), Bytes(""));
            await tx.PutAsync(longName, "k", Bytes("v"));
            return await tx.AppendAsync("s", 0, [Event("a/1", "1"), Event("b/1", "")]);
        });

        var verified = await Assert.IsType<IVerifiableStore>(store, exactMatch: false).VerifyAsync();

        Assert.Equal((2, 3, 0), (verified.Events, verified.Rows, verified.DamagedCount));
        Assert.Empty(verified.Damaged);
        Assert.InRange(verified.NotChecked, 0, 1);
        Assert.Equal(2, (await store.TransactAsync(tx => tx.ReadStreamAsync("s"))).Count);
    }
}
