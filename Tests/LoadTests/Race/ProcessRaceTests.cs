using System.Diagnostics;
using System.Globalization;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Verification;
using AkkaPrivacy.LoadTests.Race;
using AkkaPrivacy.Tests.Storage.Postgres;
using AkkaPrivacy.Tests.Storage.Sqlite;
using AkkaPrivacy.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.LoadTests.Race;

/// <summary>Sixteen processes race for one budget, half of them in groups, and are killed without warning at random moments
/// and replaced. <c>AKKAPRIVACY_TEST_RACE_ROUNDS</c> sets how many rounds are run; the long form takes 200.</summary>
public sealed class ProcessRaceTests(ITestOutputHelper output)
{
    private const int Writers = 16;
    private const int Kills = 6;
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("AKKAPRIVACY_TEST_RACE_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 1;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private readonly RaceProcess?[] _processes = new RaceProcess?[Writers];
    private readonly List<(string Id, string Value)> _released = [];
    private readonly List<(string Id, string Code)> _refused = [];
    private readonly Random _random = new(Environment.ProcessId);
    private (long Kills, long InFlight, long Releases, long Refusals) _totals;

    [Fact]
    public Task Sixteen_processes_on_sqlite_never_overspend_while_they_are_killed() => RoundsAsync("sqlite", async () =>
    {
        using var folder = new SqliteFolder();
        await RoundAsync(folder.OpenAsync, folder.File, "", () => RaceAudit.OfSqlite(folder.File));
    });

    [Fact]
    public async Task Sixteen_processes_on_postgresql_never_overspend_while_they_are_killed()
    {
        if (TestPostgres.IsThere)
        {
            await RoundsAsync("postgresql", async () =>
            {
                using var place = new PostgresPlace();
                await RoundAsync(place.OpenAsync, TestPostgres.Connection, place.Schema, () => RaceAudit.OfPostgres(place.Schema));
            });
        }
    }

    private async Task RoundsAsync(string store, Func<Task> round)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            for (var i = 0; i < Rounds; i++)
            {
                await round();
                if (Rounds > 1)
                {
                    await File.AppendAllTextAsync(Path.Combine(Path.GetTempPath(), $"akkaprivacy-race-{store}.log"), Report(store, i + 1, watch) + "\n");
                }
            }

            output.WriteLine(Report(store, Rounds, watch));
        }
        finally
        {
            foreach (var process in _processes)
            {
                process?.Dispose();
            }
        }
    }

    private string Report(string store, int rounds, Stopwatch watch) => string.Create(
        CultureInfo.InvariantCulture,
        $"{store}: {rounds} rounds in {watch.Elapsed.TotalSeconds:F0} s, {_totals.Kills} kills, {_totals.InFlight} of them before the process was done, {_totals.Releases} releases, {_totals.Refusals} refusals");

    private async Task RoundAsync(Func<ValueTask<IStore>> open, string place, string schema, Func<RaceAudit> audit)
    {
        _released.Clear();
        _refused.Clear();
        await using (var store = await open())
        {
            var ledger = new BudgetLedger(TimeProvider.System);
            foreach (var account in new[] { "race", RaceWriter.Account })
            {
                Assert.Null(await store.TransactAsync(tx => ledger.OpenAsync(tx, RaceWriter.Policy(account))));
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(StartAsync));
        for (var i = 0; i < Writers; i++)
        {
            Race(i);
        }

        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(_random.Next(40));
            await KillAsync(_random.Next(Writers), Race);
        }

        await Task.WhenAll(_processes.Select(process => process!.Done)).WaitAsync(Longest);
        Array.ForEach(_processes, process => Collect(process!));
        await using (var store = await open())
        {
            Assert.Empty((await LedgerVerifier.RunAsync(store, CancellationToken.None)).Faults);
        }

        Check(audit());

        void Race(int i) => _processes[i]!.Race(place, schema, i, grouped: i % 2 == 0);
    }

    private async Task StartAsync(int i) => _processes[i] ??= await RaceProcess.StartAsync();

    private async Task KillAsync(int i, Action<int> race)
    {
        var victim = _processes[i]!;
        _totals.InFlight += victim.Done.IsCompleted ? 0 : 1;
        await victim.KillAsync();
        Collect(victim);
        victim.Dispose();
        _totals.Kills++;
        _processes[i] = null;
        await StartAsync(i);
        race(i);
    }

    private void Collect(RaceProcess process)
    {
        _released.AddRange(process.Released);
        _refused.AddRange(process.Refused);
    }

    private void Check(RaceAudit audit)
    {
        // No release id twice, no charge without values, no values without a charge, and each of them in the outbox.
        var stored = audit.Releases.ToDictionary(release => release.Release, release => release.Value);
        Assert.Equal(stored.Keys.Order(), audit.Charges.Select(charge => charge.Release).Order());
        Assert.Equal(audit.Charges.Order(), audit.ChargesAbove.Order());
        Assert.Equal(stored.Keys.Order(), audit.Outbox.Order());

        // The budget is spent to where the next request did not fit, and never beyond.
        var spent = audit.Charges.Sum(charge => charge.Loss);
        Assert.InRange(spent, RaceWriter.Budget - 2, RaceWriter.Budget);

        // What was answered is what is stored, and is answered to everybody alike.
        Assert.NotEmpty(_released);
        Assert.All(_released, release => Assert.Equal(stored[release.Id], release.Value));
        Assert.All(_refused, refusal => Assert.Equal("BudgetExceeded", refusal.Code));
        Assert.DoesNotContain(_refused, refusal => stored.ContainsKey(refusal.Id));
        _totals.Releases += stored.Count;
        _totals.Refusals += _refused.Count;
    }
}
