using System.Globalization;
using System.Security.Cryptography;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.GroupCommit;
using AkkaPrivacy.Storage.Postgres;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.LoadTests.Race;

/// <summary>One writer of a race: asks for its releases of the one account until each is answered, and says what was.</summary>
/// <param name="place">A SQLite file, or how to reach a PostgreSQL server.</param>
/// <param name="schema">The schema on the server; empty for a file.</param>
/// <param name="writer">Its number, from 0; two neighbours share half of their releases.</param>
/// <param name="grouped">Whether it asks in groups, four requests at once, or one by one.</param>
internal sealed class RaceWriter(string place, string schema, int writer, bool grouped)
{
    /// <summary>The account.</summary>
    public const string Account = "race/account";

    /// <summary>What the account, and the one above it, may spend.</summary>
    public const long Budget = 60;

    private const int Asked = 6;
    private const int AtOnce = 4;
    private const long HourMs = 3_600_000;
    private static readonly long DayMs = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private readonly BudgetLedger _ledger = new(TimeProvider.System);

    /// <summary>The policy of the account, or of the one above it.</summary>
    public static AccountPolicy Policy(string account) => new()
    {
        Account = account,
        Measure = PrivacyMeasure.Pure,
        BudgetPerPeriod = PrivacyCost.FromUnits(PrivacyMeasure.Pure, Budget),
    };

    /// <summary>Races.</summary>
    public async Task RunAsync()
    {
        await using var store = await OpenAsync().ConfigureAwait(false);
        await using var groups = new GroupCommitLedger(store, TimeProvider.System);
        foreach (var part in Enumerable.Range(0, Asked).Chunk(grouped ? AtOnce : 1))
        {
            await Task.WhenAll(part.Select(number => AskAsync(store, groups, Request(number)))).ConfigureAwait(false);
        }
    }

    private static DrawnValues Draw() => new()
    {
        Aggregate = "count",
        Mechanism = "random",
        GroupBy = [],
        Groups = [new ReleasedGroup([], RandomNumberGenerator.GetInt32(int.MaxValue), 0, 1)],
        Confidence = 0.95,
    };

    private async ValueTask<IStore> OpenAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return schema.Length == 0
                    ? await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = place, BusyTimeout = TimeSpan.FromSeconds(60) }).ConfigureAwait(false)
                    : await PostgresStore.OpenAsync(new PostgresStoreOptions { Connection = place, Schema = schema, BusyTimeout = TimeSpan.FromSeconds(60) }).ConfigureAwait(false);
            }
            catch (StoreException failure) when (failure.Failure is StoreFailure.Locked or StoreFailure.Unavailable && attempt < 10)
            {
                await Task.Delay(50).ConfigureAwait(false);
            }
        }
    }

    private ReleaseRequest Request(int number) => new()
    {
        Id = new ReleaseId(
            Account, "race", $"q{number}-{(number % 2 == 0 ? writer / 2 : 100 + writer)}", "0123456789abcdef", new TimeWindow(DayMs + (number * HourMs), DayMs + ((number + 1) * HourMs))),

        // A group of its own, so that what is charged is what it costs.
        CompositionGroup = $"g{number}-{(number % 2 == 0 ? writer / 2 : 100 + writer)}",
        MaxWindows = 1,
        Cost = PrivacyCost.FromUnits(PrivacyMeasure.Pure, 1 + (number % 3)),
    };

    private async Task AskAsync(IStore store, GroupCommitLedger groups, ReleaseRequest request)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = grouped
                    ? await groups.ReleaseAsync(request, Draw).ConfigureAwait(false)
                    : await store.TransactAsync(transaction => _ledger.ReleaseAsync(transaction, request, Draw)).ConfigureAwait(false);
                RaceWriterCommand.Say(outcome.Release is { } release
                    ? $"released\t{release.Id}\t{release.Groups[0].Value.ToString(CultureInfo.InvariantCulture)}"
                    : $"refused\t{request.Id}\t{outcome.Refusal!.Code}");
                return;
            }
            catch (StoreException failure) when (failure.Failure is StoreFailure.Locked or StoreFailure.Unavailable or StoreFailure.CommitUnknown && attempt < 20)
            {
                // Asking again is safe: the id says whether it was released.
                await Task.Delay(20).ConfigureAwait(false);
            }
        }
    }
}
