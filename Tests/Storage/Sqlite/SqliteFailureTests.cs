using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.Storage.Sqlite;

public sealed class SqliteFailureTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    private SqliteStoreOptions Options => new() { Path = _folder.File, BusyTimeout = TimeSpan.Zero };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_lock_held_elsewhere_is_reported_and_the_store_recovers()
    {
        await using var store = await _folder.OpenAsync(Options with { BusyTimeout = TimeSpan.FromMilliseconds(20) });
        using var other = Connect();
        Execute(other, "BEGIN IMMEDIATE");
        var failure = await FailureOf(() => PutAsync(store, "k", "v"));
        Assert.Equal(StoreFailure.Locked, failure.Failure);
        Assert.Contains(_folder.File, failure.Message);
        Assert.Contains("Stop the other process", failure.Message);
        Execute(other, "ROLLBACK");
        await PutAsync(store, "k", "v");
    }

    [Fact]
    public async Task A_wait_for_another_process_can_be_cancelled()
    {
        await using var store = await _folder.OpenAsync(Options with { BusyTimeout = TimeSpan.FromSeconds(60) });
        using var other = Connect();
        Execute(other, "BEGIN IMMEDIATE");
        using var cancel = new CancellationTokenSource();
        var waiting = store.TransactAsync(tx => ValueTask.FromResult(1), cancel.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Execute(other, "ROLLBACK");
        await PutAsync(store, "k", "v");
    }

    [Fact]
    public async Task A_full_disk_rolls_back_and_the_store_stays_usable()
    {
        await using var store = await _folder.OpenAsync(Options with { MaxPages = 64 });
        await PutAsync(store, "before", "v");
        var failure = await FailureOf(async () => await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "small", "v"u8.ToArray());
            try
            {
                await tx.PutAsync("t", "big", new byte[1024 * 1024]);
            }
            catch (StoreException)
            {
                // Swallowed on purpose: SQLite may have rolled back, and a later write must not commit alone.
                await Assert.ThrowsAsync<StoreException>(async () => await tx.PutAsync("t", "after", "v"u8.ToArray()));
            }

            return 0;
        }));
        Assert.Equal(StoreFailure.Full, failure.Failure);
        Assert.Contains("Free space", failure.Message);
        await PutAsync(store, "later", "v");
        Assert.Equal(["before", "later"], (await store.TransactAsync(tx => tx.ScanAsync("t"))).Select(row => row.Key));
    }

    [Fact]
    public async Task A_text_file_is_not_a_store()
    {
        await File.WriteAllTextAsync(_folder.File, new string('x', 5000));
        await RefusedAsync(StoreFailure.Corrupt, "not a database");
        Assert.Equal(5000, new FileInfo(_folder.File).Length);
    }

    [Fact]
    public async Task An_empty_file_is_damage_not_a_new_store()
    {
        await File.WriteAllTextAsync(_folder.File, "");
        await RefusedAsync(StoreFailure.Corrupt, "0 bytes");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(4095)]
    [InlineData(4096)]
    public async Task A_truncated_file_is_refused(int length)
    {
        await FillAsync();
        Truncate(length);
        await RefusedAsync(StoreFailure.Corrupt, "restore a backup");
    }

    [Fact]
    public async Task A_log_without_its_file_is_refused()
    {
        await File.WriteAllTextAsync(_folder.File + "-wal", "frames");
        await RefusedAsync(StoreFailure.Corrupt, "-wal");
        Assert.False(File.Exists(_folder.File));
    }

    [Fact]
    public async Task Overwritten_pages_are_found_when_the_file_is_opened()
    {
        await FillAsync();
        var length = new FileInfo(_folder.File).Length;
        Overwrite(length / 2 / 4096 * 4096, new byte[4096]);
        await RefusedAsync(StoreFailure.Corrupt, "restore a backup");
    }

    [Fact]
    public async Task A_flipped_byte_inside_a_value_is_found_when_it_is_read()
    {
        await FillAsync();
        var bytes = await File.ReadAllBytesAsync(_folder.File);
        var row = bytes.AsSpan().IndexOf("value-of-row-0123"u8);
        var payload = bytes.AsSpan().IndexOf("payload-of-event"u8);
        Overwrite(row, "X"u8);
        Overwrite(payload, "X"u8);
        await using var store = await _folder.OpenAsync(Options);
        var failure = await FailureOf(async () => await store.TransactAsync(tx => tx.GetAsync("t", "key-0123")));
        Assert.Equal(StoreFailure.Corrupt, failure.Failure);
        Assert.DoesNotContain("key-0123", failure.Message);
        var inStream = await FailureOf(async () => await store.TransactAsync(tx => tx.ReadStreamAsync("s")));
        Assert.Contains("event 1 of stream 's'", inStream.Message);
        Assert.NotNull(await store.TransactAsync(tx => tx.GetAsync("t", "key-0001")));
    }

    [Fact]
    public async Task Every_flipped_bit_of_names_and_values_is_named_by_a_verification()
    {
        await FillAsync();
        var whole = await VerifiedAsync();
        Assert.Equal((0, 0), (whole.DamagedCount, whole.NotChecked));
        var bytes = await File.ReadAllBytesAsync(_folder.File);
        (string Text, string Place)[] damages = [("value-of-row-0123", "a row of table 't'"), ("payload-of-event", "event 1 of stream 's'"), ("key-0200", "a row of table 't'")];
        foreach (var (text, place) in damages)
        {
            var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) + 2;
            Overwrite(at, [(byte)(bytes[at] ^ 1)]);
            var found = await VerifiedAsync();
            Assert.Contains(place, found.Damaged.Select(damage => damage.Place));
            Assert.Equal((whole.Events, whole.Rows), (found.Events, found.Rows));
            Overwrite(at, [bytes[at]]);
        }

        Assert.Equal(0, (await VerifiedAsync()).DamagedCount);
    }

    [Theory]
    [InlineData("PRAGMA application_id = 7", "another program")]
    [InlineData("PRAGMA user_version = 99", "upgrade this program")]
    [InlineData("DROP TABLE epochs", "restore a backup")]
    public async Task A_file_that_is_not_ours_or_newer_is_refused_and_not_touched(string change, string words)
    {
        await FillAsync();
        using (var other = Connect())
        {
            Execute(other, change);
        }

        await RefusedAsync(StoreFailure.Corrupt, words);
    }

    [Fact]
    public async Task A_store_opened_for_reading_refuses_writes()
    {
        await FillAsync();
        await using var store = await _folder.OpenAsync(Options with { ReadOnly = true });
        Assert.NotNull(await store.TransactAsync(tx => tx.GetAsync("t", "key-0001")));
        var failure = await FailureOf(() => PutAsync(store, "k", "v"));
        Assert.Equal(StoreFailure.ReadOnly, failure.Failure);
        Assert.NotNull(await store.TransactAsync(tx => tx.GetAsync("t", "key-0001")));
    }

    [Fact]
    public async Task A_store_at_rest_is_read_where_no_index_of_its_log_can_be_made()
    {
        await FillAsync();
        File.CreateSymbolicLink(_folder.File + "-shm", Path.Combine(_folder.Directory, "none", "x"));
        await using (var store = await _folder.OpenAsync(Options with { ReadOnly = true }))
        {
            Assert.Equal(1000, (await store.TransactAsync(tx => tx.ScanAsync("t"))).Count);
            Assert.Equal(0, (await store.VerifyAsync()).DamagedCount);
            Assert.Equal(StoreFailure.ReadOnly, (await FailureOf(() => PutAsync(store, "k", "v"))).Failure);
        }

        await RefusedAsync(StoreFailure.Unavailable, "cannot be opened");
        await File.WriteAllTextAsync(_folder.File + "-wal", "frames");
        await RefusedAsync(StoreFailure.Unavailable, "cannot be opened", Options with { ReadOnly = true });
    }

    [Fact]
    public async Task An_index_that_does_not_fit_its_table_is_named_by_a_verification()
    {
        await FillAsync();
        using (var other = Connect())
        {
            Execute(other, "CREATE TABLE more (a TEXT, b TEXT UNIQUE); INSERT INTO more VALUES ('x', 'needle-in-table'); PRAGMA wal_checkpoint(TRUNCATE)");
        }

        var bytes = await File.ReadAllBytesAsync(_folder.File);
        Overwrite(bytes.AsSpan().IndexOf("needle-in-table"u8), "N"u8);

        Assert.Contains("more", Assert.Single((await VerifiedAsync()).Damaged).Message);
    }

    [Fact]
    public async Task A_missing_directory_a_directory_and_a_missing_file_are_unavailable()
    {
        await RefusedAsync(StoreFailure.Unavailable, "does not exist", Options with { CreateIfMissing = false });
        await RefusedAsync(StoreFailure.Unavailable, "directory", Options with { Path = _folder.Directory });
        await RefusedAsync(StoreFailure.Unavailable, "exists and may be written", Options with { Path = Path.Combine(_folder.Directory, "none", "x.db") });
        Assert.Empty(Directory.GetFiles(_folder.Directory));
    }

    [Fact]
    public async Task A_new_file_belongs_to_its_owner_alone_and_leaves_no_others()
    {
        await using var store = await _folder.OpenAsync(Options);
        await PutAsync(store, "k", "v");
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(_folder.Directory))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        Assert.DoesNotContain(Directory.GetFiles(_folder.Directory), file => file.Contains("creating", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Openers_that_race_to_create_the_file_share_it()
    {
        var options = Options with { BusyTimeout = TimeSpan.FromSeconds(20) };
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await _folder.OpenAsync(options))));
        for (var i = 0; i < stores.Length; i++)
        {
            await PutAsync(stores[i], $"k{i}", "v");
        }

        Assert.Equal(8, (await stores[0].TransactAsync(tx => tx.ScanAsync("t"))).Count);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _folder.OpenAsync(Options with { Path = " " }));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _folder.OpenAsync(Options with { BusyTimeout = TimeSpan.FromSeconds(61) }));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _folder.OpenAsync(Options with { MaxPages = 1 }));
    }

    [Fact]
    public async Task The_file_is_kept_in_a_write_ahead_log_with_full_sync()
    {
        await using var store = await _folder.OpenAsync(Options);
        using var other = Connect();
        using var command = other.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
    }

    private static async Task PutAsync(IStore store, string key, string value) =>
        await store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", key, Encoding.UTF8.GetBytes(value));
            return 0;
        });

    private static Task<StoreException> FailureOf(Func<Task> action) => Assert.ThrowsAsync<StoreException>(action);

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private async Task<StoreVerification> VerifiedAsync()
    {
        await using var store = await _folder.OpenAsync(Options);
        return await Assert.IsType<IVerifiableStore>(store, exactMatch: false).VerifyAsync();
    }

    private async Task RefusedAsync(StoreFailure expected, string words, SqliteStoreOptions? options = null)
    {
        var failure = await FailureOf(async () => await (await _folder.OpenAsync(options ?? Options)).DisposeAsync());
        Assert.True(expected == failure.Failure, failure.Message);
        Assert.Contains(words, failure.Message);
        Assert.Contains((options ?? Options).Path, failure.Message);
    }

    private async Task FillAsync()
    {
        await using var store = await _folder.OpenAsync(Options);
        await store.TransactAsync(async tx =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await tx.PutAsync("t", $"key-{i:D4}", Encoding.UTF8.GetBytes($"value-of-row-{i:D4}-{new string('v', 100)}"));
            }

            return await tx.AppendAsync("s", 0, [new NewEvent("a/1", "payload-of-event"u8.ToArray())]);
        });
    }

    private void Overwrite(long offset, ReadOnlySpan<byte> bytes)
    {
        using var file = File.OpenWrite(_folder.File);
        file.Position = offset;
        file.Write(bytes);
    }

    private void Truncate(long length)
    {
        using var file = File.OpenWrite(_folder.File);
        file.SetLength(length);
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_folder.File};Pooling=False");
        connection.Open();
        return connection;
    }
}
