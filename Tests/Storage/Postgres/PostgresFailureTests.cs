using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Postgres;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Storage.Postgres;

public sealed class PostgresFailureTests : IDisposable
{
    private readonly PostgresPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("53100", StoreFailure.Full)]
    [InlineData("40001", StoreFailure.Unavailable)]
    [InlineData("40P01", StoreFailure.Unavailable)]
    [InlineData("25006", StoreFailure.ReadOnly)]
    [InlineData("42501", StoreFailure.ReadOnly)]
    [InlineData("55P03", StoreFailure.Locked)]
    [InlineData("XX001", StoreFailure.Corrupt)]
    [InlineData("57014", StoreFailure.Unavailable)]
    [InlineData("40003", StoreFailure.Unavailable, StoreFailure.CommitUnknown)]
    public async Task An_error_of_the_server_stands_for_one_failure_and_its_words_are_not_passed_on(string state, StoreFailure atCall, StoreFailure? atCommit = null)
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync();
        await PutAsync(store, "before");
        foreach (var (commit, expected) in new[] { (false, atCall), (true, atCommit ?? atCall) })
        {
            Trigger(commit, $"RAISE EXCEPTION 'the secret value' USING ERRCODE = '{state}'");
            var runs = 0;
            var failure = await Assert.ThrowsAsync<StoreException>(() => store.TransactAsync(async tx =>
            {
                runs++;
                await tx.PutAsync("t", "k", "the secret value"u8.ToArray());
                return 0;
            }).AsTask());
            Assert.Equal((expected, 1), (failure.Failure, runs));
            Assert.Contains(state, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
            _place.Execute("DROP TRIGGER fail ON {0}.rows");
        }

        Assert.Null(await store.TransactAsync(tx => tx.GetAsync("t", "k")));
        Assert.NotNull(await store.TransactAsync(tx => tx.GetAsync("t", "before")));
    }

    [Fact]
    public async Task A_connection_lost_inside_a_transaction_rolls_it_back_and_the_next_connects_again()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync();
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.TransactAsync(async tx =>
        {
            await tx.PutAsync("t", "k", "v"u8.ToArray());
            TerminateHolder();
            await tx.PutAsync("t", "l", "v"u8.ToArray());
            return 0;
        }).AsTask());
        Assert.Equal(StoreFailure.Unavailable, failure.Failure);
        Assert.Empty(await store.TransactAsync(tx => tx.ScanAsync("t")));
    }

    [Fact]
    public async Task A_connection_lost_at_a_commit_leaves_its_outcome_open()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync();
        Trigger(true, "PERFORM pg_terminate_backend(pg_backend_pid())");
        Assert.Equal(StoreFailure.CommitUnknown, (await Assert.ThrowsAsync<StoreException>(() => PutAsync(store, "k"))).Failure);
        Assert.Null(await store.TransactAsync(tx => tx.GetAsync("t", "k")));
    }

    [Fact]
    public async Task A_connection_lost_between_transactions_is_not_noticed()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync();
        var pid = 0;
        await store.TransactAsync(tx =>
        {
            pid = Holder();
            return ValueTask.FromResult(0);
        });
        _place.Execute($"SELECT pg_terminate_backend({pid}, 5000)");
        await PutAsync(store, "k");
        Assert.NotNull(await store.TransactAsync(tx => tx.GetAsync("t", "k")));
    }

    [Fact]
    public async Task An_answer_after_the_timeout_is_a_failure_and_at_a_commit_an_open_outcome()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync(options => options with { AnswerTimeout = TimeSpan.FromSeconds(1) });
        foreach (var (commit, expected) in new[] { (false, StoreFailure.Unavailable), (true, StoreFailure.CommitUnknown) })
        {
            Trigger(commit, "PERFORM pg_sleep(30)");
            Assert.Equal(expected, (await Assert.ThrowsAsync<StoreException>(() => PutAsync(store, "k"))).Failure);
            _place.Execute("DROP TRIGGER fail ON {0}.rows");
        }

        Assert.Null(await store.TransactAsync(tx => tx.GetAsync("t", "k")));
    }

    [Fact]
    public async Task A_lock_held_elsewhere_is_reported_can_be_cancelled_and_the_store_recovers()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync(options => options with { BusyTimeout = TimeSpan.FromMilliseconds(50) });
        await using var patient = await _place.OpenAsync();
        using (var other = PostgresPlace.Connect())
        using (var transaction = other.BeginTransaction())
        {
            using var command = new Npgsql.NpgsqlCommand($"SELECT pg_advisory_xact_lock({new PostgresSql(_place.Schema).Lock})", other);
            command.ExecuteNonQuery();
            var failure = await Assert.ThrowsAsync<StoreException>(() => PutAsync(store, "k"));
            Assert.Equal(StoreFailure.Locked, failure.Failure);
            Assert.Contains(_place.Schema, failure.Message, StringComparison.Ordinal);
            using var cancel = new CancellationTokenSource();
            var waiting = patient.TransactAsync(tx => ValueTask.FromResult(1), cancel.Token).AsTask();
            Assert.False(waiting.IsCompleted);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await PutAsync(store, "k");
        await PutAsync(patient, "l");
    }

    [Fact]
    public async Task A_server_that_may_only_be_read_is_read()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using (var store = await _place.OpenAsync())
        {
            await PutAsync(store, "k");
        }

        await using var reader = await _place.OpenAsync(options => options with { Connection = options.Connection + ";Options=-c default_transaction_read_only=on" });
        Assert.NotNull(await reader.TransactAsync(tx => tx.GetAsync("t", "k")));
        Assert.Equal(StoreFailure.ReadOnly, (await Assert.ThrowsAsync<StoreException>(() => PutAsync(reader, "l"))).Failure);
    }

    [Fact]
    public async Task A_commit_waits_for_the_disk_whatever_the_server_is_set_to()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var store = await _place.OpenAsync(options => options with { Connection = options.Connection + ";Options=-c synchronous_commit=off" });
        Trigger(false, "IF current_setting('synchronous_commit') = 'off' THEN RAISE EXCEPTION 'off'; END IF");
        await PutAsync(store, "k");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable_and_a_connection_is_never_quoted()
    {
        var options = new PostgresStoreOptions { Connection = "Host=127.0.0.1;Port=1;Username=u", Password = "hush" };
        var failure = await Assert.ThrowsAsync<StoreException>(() => PostgresStore.OpenAsync(options).AsTask());
        Assert.Equal(StoreFailure.Unavailable, failure.Failure);
        Assert.DoesNotContain("hush", failure.ToString(), StringComparison.Ordinal);
        var mistake = await Assert.ThrowsAsync<ArgumentException>(() => PostgresStore.OpenAsync(options with { Connection = "Host=h;Nonsense=hush" }).AsTask());
        Assert.DoesNotContain("hush", mistake.ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => PostgresStore.OpenAsync(options with { Schema = "a\"b" }).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => PostgresStore.OpenAsync(options with { Schema = "pg_toast" }).AsTask());
    }

    private static async Task PutAsync(IStore store, string key) => await store.TransactAsync(async tx =>
    {
        await tx.PutAsync("t", key, "v"u8.ToArray());
        return 0;
    });

    private void Trigger(bool atCommit, string body) => _place.Execute($$"""
        CREATE OR REPLACE FUNCTION {0}.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {{body}}; RETURN NEW; END $$;
        CREATE {{(atCommit ? "CONSTRAINT " : "")}}TRIGGER fail {{(atCommit ? "AFTER" : "BEFORE")}} INSERT ON {0}.rows {{(atCommit ? "DEFERRABLE INITIALLY DEFERRED " : "")}}FOR EACH ROW EXECUTE FUNCTION {0}.fail();
        """);

    // The server's process that holds the store's lock: a key of 64 bits is shown in two halves.
    private int Holder()
    {
        using var connection = PostgresPlace.Connect();
        using var command = new Npgsql.NpgsqlCommand("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND ((classid::bigint << 32) | objid::bigint) = $1", connection);
        command.Parameters.Add(new Npgsql.NpgsqlParameter<long> { TypedValue = new PostgresSql(_place.Schema).Lock });
        return Assert.IsType<int>(command.ExecuteScalar());
    }

    private void TerminateHolder() => _place.Execute($"SELECT pg_terminate_backend({Holder()}, 5000)");
}
