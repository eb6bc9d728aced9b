using System.Collections.Concurrent;
using System.Globalization;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Tests.Storage.Postgres;
using AkkaPrivacy.Tests.Storage.Sqlite;
using AkkaPrivacy.Tests.Support;
using Npgsql;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

/// <summary>Sixteen tasks, each with a store and a ledger of its own, race for one budget, while transactions fail before and
/// after their draw and, on PostgreSQL, the server ends connections at random. <c>AKKAPRIVACY_TEST_RACE_ROUNDS</c> sets how
/// many rounds are run; the long form takes 200.</summary>
public sealed class StoreRaceTests
{
    private const int Writers = 16;
    private const int Budget = 25;
    private const int Asked = 4;
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("AKKAPRIVACY_TEST_RACE_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 1;
    private int _draws;

    [Fact]
    public async Task Sixteen_writers_on_sqlite_never_overspend()
    {
        for (var round = 0; round < Rounds; round++)
        {
            using var folder = new SqliteFolder();
            await RaceAsync(async () => await folder.OpenAsync(new() { Path = folder.File, BusyTimeout = TimeSpan.FromSeconds(60) }), null);
        }
    }

    [Fact]
    public async Task Sixteen_writers_on_postgresql_never_overspend_while_connections_are_ended()
    {
        for (var round = 0; TestPostgres.IsThere && round < Rounds; round++)
        {
            using var place = new PostgresPlace();
            await RaceAsync(async () => await place.OpenAsync(options => options with { BusyTimeout = TimeSpan.FromSeconds(60) }), place);
        }
    }

    private async Task RaceAsync(Func<Task<IStore>> open, PostgresPlace? place)
    {
        await using var first = await open();
        var stores = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => open()));
        var judge = await new LedgerFixture(first).OpenedAsync(Policy(Budget));
        var seen = new ConcurrentDictionary<string, string>();
        using var over = new CancellationTokenSource();
        var ending = place is null ? Task.CompletedTask : Task.Run(() => EndConnections(place, over.Token));
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(stores[writer], writer, seen))));
        await over.CancelAsync();
        await ending;

        var releases = await first.TransactAsync(tx => ReleaseReader.ListAsync(tx));
        var outbox = await first.TransactAsync(tx => new OutboxReader().ReadAsync(tx, 0, 1000));
        var charges = (await judge.EventsAsync()).Count(item => item.Type == "charged/2");
        Assert.Equal(Budget, await judge.SpentAsync());
        Assert.Equal((Budget, Budget), (charges, releases.Count));
        Assert.Equal(releases.Select(release => release.Id.ToString()).Order(), outbox.Select(entry => entry.Release.Id.ToString()).Order());
        Assert.Equal(Enumerable.Range(1, Budget).Select(i => (long)i), outbox.Select(entry => entry.Sequence));
        var stored = releases.ToDictionary(release => release.Id.ToString(), ValueOf);
        Assert.Equal(Budget, stored.Values.Distinct().Count());
        Assert.All(seen, pair => Assert.Equal(stored[pair.Key], pair.Value));
    }

    // Half of the releases are asked for by two writers.
    private async Task WriteAsync(IStore opened, int writer, ConcurrentDictionary<string, string> seen)
    {
        await using var store = opened;
        var ledger = new BudgetLedger(TimeProvider.System);
        var random = new Random(writer);
        for (var i = 0; i < Asked;)
        {
            var request = Request(i, 1, maxWindows: 24, query: $"q{(i % 2 == 0 ? writer / 2 : writer)}", group: "g");
            var failing = random.Next(4);
            try
            {
                var outcome = await store.TransactAsync(async tx =>
                {
                    var answer = await ledger.ReleaseAsync(tx, request, () => failing == 0 ? throw new TimeoutException() : Values(Interlocked.Increment(ref _draws)));
                    return failing == 1 ? throw new TimeoutException() : answer;
                });
                if (outcome.Release is { } release)
                {
                    Assert.Equal(ValueOf(release), seen.GetOrAdd(release.Id.ToString(), ValueOf(release)));
                }

                i++;
            }
            catch (TimeoutException)
            {
                // The work failed by itself; it is asked for again.
            }
            catch (StoreException failure) when (failure.Failure is StoreFailure.Unavailable or StoreFailure.CommitUnknown)
            {
                // The connection was ended. The id says whether it was released.
            }
        }
    }

    private static string ValueOf(Release release) => release.Groups[0].Value.ToString(CultureInfo.InvariantCulture);

    private static void EndConnections(PostgresPlace place, CancellationToken over)
    {
        var key = new AkkaPrivacy.Storage.Postgres.PostgresSql(place.Schema).Lock;
        using var connection = PostgresPlace.Connect();
        while (!over.IsCancellationRequested)
        {
            using var command = new NpgsqlCommand("SELECT pg_sleep(0.02), pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND ((classid::bigint << 32) | objid::bigint) = $1 ORDER BY random() LIMIT 1", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
            command.ExecuteNonQuery();
            over.WaitHandle.WaitOne(20);
        }
    }
}
