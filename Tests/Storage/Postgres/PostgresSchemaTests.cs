using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Postgres;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Storage.Postgres;

public sealed class PostgresSchemaTests : IDisposable
{
    private readonly PostgresPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Of_many_that_start_together_one_creates_the_tables()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () => await _place.OpenAsync())));
        foreach (var store in stores)
        {
            await store.TransactAsync(tx => tx.AcquireEpochAsync("r"));
            await store.DisposeAsync();
        }

        await using var again = await _place.OpenAsync();
        Assert.Equal(9, await again.TransactAsync(tx => tx.AcquireEpochAsync("r")));
    }

    [Theory]
    [InlineData("CREATE SCHEMA {0}; CREATE TABLE {0}.orders (id int)", "missing")]
    [InlineData("DROP TABLE {0}.epochs", "epochs missing")]
    [InlineData("DROP TABLE {0}.store", "store missing")]
    [InlineData("DELETE FROM {0}.store", "does not name this product")]
    [InlineData("UPDATE {0}.store SET product = 'other'", "does not name this product")]
    [InlineData("UPDATE {0}.store SET version = 2", "schema version 2")]
    [InlineData("ALTER TABLE {0}.store RENAME version TO edition", "42703")]
    public async Task Tables_that_are_not_a_store_of_this_version_are_refused_and_left_as_they_are(string change, string words)
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        if (!change.StartsWith("CREATE", StringComparison.Ordinal))
        {
            await (await _place.OpenAsync()).DisposeAsync();
        }

        _place.Execute(change);
        var failure = await Assert.ThrowsAsync<StoreException>(() => _place.OpenAsync().AsTask());
        Assert.Equal(StoreFailure.Corrupt, failure.Failure);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_another_release_has_changed_or_someone_has_dropped_is_not_written_to()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync();
        _place.Execute("UPDATE {0}.store SET version = 2");
        Assert.Equal(StoreFailure.Corrupt, (await Assert.ThrowsAsync<StoreException>(() => store.TransactAsync(tx => tx.AcquireEpochAsync("r")).AsTask())).Failure);
        _place.Execute("UPDATE {0}.store SET version = 1");
        Assert.Equal(1, await store.TransactAsync(tx => tx.AcquireEpochAsync("r")));
        _place.Execute("DROP SCHEMA {0} CASCADE");
        Assert.Equal(StoreFailure.Corrupt, (await Assert.ThrowsAsync<StoreException>(() => store.TransactAsync(tx => tx.AcquireEpochAsync("r")).AsTask())).Failure);
    }

    [Fact]
    public async Task A_missing_store_is_made_only_where_it_may_be()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        var failure = await Assert.ThrowsAsync<StoreException>(() => _place.OpenAsync(options => options with { CreateIfMissing = false }).AsTask());
        Assert.Equal(StoreFailure.Unavailable, failure.Failure);
        _place.Execute("CREATE SCHEMA {0}");
        await (await _place.OpenAsync()).DisposeAsync();
        await (await _place.OpenAsync(options => options with { CreateIfMissing = false })).DisposeAsync();
    }

    [Theory]
    [InlineData("UPDATE {0}.rows SET value = set_byte(value, 1, get_byte(value, 1) # 1)", "a row of table 't'")]
    [InlineData("UPDATE {0}.rows SET head = 'other'", "a row of table 't'")]
    [InlineData("UPDATE {0}.events SET payload = set_byte(payload, 0, 7)", "event 1 of stream 's'")]
    [InlineData("UPDATE {0}.events SET type = 'b/1'", "event 1 of stream 's'")]
    public async Task One_changed_byte_is_found_and_named(string change, string words)
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k", "value"u8.ToArray());
            return await tx.AppendAsync("s", 0, [new NewEvent("a/1", "payload"u8.ToArray())]);
        });
        _place.Execute(change);
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.TransactAsync(async tx =>
        {
            await tx.ScanAsync("t");
            await tx.ReadStreamAsync("s");
            return 0;
        }).AsTask());
        Assert.Equal(StoreFailure.Corrupt, failure.Failure);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_keys_that_do_not_compress_are_kept_and_ordered_beyond_what_an_index_holds()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        var random = new SeededRandomSource(7);
        string Text(int length) => string.Create(length, random, (span, source) =>
        {
            var bytes = new byte[2 * span.Length];
            source.Fill(bytes);
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = (char)(0x4E00 + (BitConverter.ToUInt16(bytes, 2 * i) % 0x5000));
            }
        });
        var (head, table) = (Text(900), Text(StoreNames.MaxNameLength));
        string[] keys = [.. Enumerable.Range(0, 40).Select(i => head[..(i % 2 == 0 ? 900 : 3)] + Text(i % 2 == 0 ? 124 : 1021))];
        await using var store = await _place.OpenAsync();
        await store.TransactAsync(async tx =>
        {
            foreach (var key in keys)
            {
                await tx.PutAsync(table, key, Encoding.UTF8.GetBytes(key));
            }

            await tx.PutAsync(table, keys[0], "again"u8.ToArray());
            await tx.AcquireEpochAsync(table);
            return await tx.AppendAsync(table, 0, [new NewEvent(table, ReadOnlyMemory<byte>.Empty)]);
        });
        Array.Sort(keys, StoreNames.CompareUtf8);
        var paged = new List<string>();
        for (var page = await Page(""); page.Count > 0; page = await Page("", paged[^1]))
        {
            paged.AddRange(page.Select(row => row.Key));
        }

        Assert.Equal(keys, paged);
        var below = keys.Where(key => key.StartsWith(head, StringComparison.Ordinal)).ToArray();
        Assert.Equal(below[..7], (await Page(head)).Select(row => row.Key));
        Assert.Equal([keys[3]], (await Page(keys[3])).Select(row => row.Key));

        ValueTask<IReadOnlyList<StoredRow>> Page(string prefix, string? after = null) => store.TransactAsync(tx => tx.ScanAsync(table, prefix, after, 7));
    }

    [Fact]
    public async Task A_changed_value_is_named_by_a_verification()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync();
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k", "v"u8.ToArray());
            return await tx.AppendAsync("s", 0, [new NewEvent("a/1", "1"u8.ToArray())]);
        });
        _place.Execute("UPDATE {0}.rows SET value = 'w'; UPDATE {0}.events SET type = 'a/2'");

        Assert.Equal(["event 1 of stream 's'", "a row of table 't'"], (await Assert.IsType<PostgresStore>(store).VerifyAsync()).Damaged.Select(damage => damage.Place));
    }
}
