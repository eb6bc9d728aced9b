using System.Diagnostics;
using System.Globalization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.LoadTests.Measuring;
using AkkaPrivacy.LoadTests.Race;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.LoadTests.Compare.Ledger;

/// <summary>How long the first account of a process takes to open, in processes that have just been started.</summary>
internal static class AccountOpening
{
    private const string Account = "long";
    private const int Events = 1_000_000;
    private const int EventsADay = 240;
    private const int AtOnce = 10_000;
    private const int Processes = 9;
    private const long HourMs = 3_600_000;
    private static readonly long FirstMs = new DateTimeOffset(2010, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>Makes the store if there is none, opens it in new processes and writes what they say.</summary>
    /// <param name="file">The store's file, which stays.</param>
    /// <param name="output">Where to.</param>
    public static async Task MeasureAsync(string file, TextWriter output)
    {
        if (!File.Exists(file))
        {
            await output.WriteLineAsync($"making '{file}' with an account of {Events} events; measure by running this once more").ConfigureAwait(false);
            await MakeAsync(file).ConfigureAwait(false);
            return;
        }

        var opened = new List<(double First, double Again)>();
        for (var i = 0; i < Processes; i++)
        {
            opened.Add(await OpenElsewhereAsync(file).ConfigureAwait(false));
        }

        var first = opened.Select(item => item.First).Order().ToArray();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"opening an account of {Events} events, {Processes} new processes, ms: first account median {Median.Of(first):F1}, least {first[0]:F1}, most {first[^1]:F1}; the same once more, nothing kept, median {Median.Of([.. opened.Select(item => item.Again)]):F1}")).ConfigureAwait(false);
    }

    /// <summary>What a new process does: opens the store, then the account, then the account again without what was kept.</summary>
    /// <param name="file">The store's file.</param>
    public static async Task OpenAsync(string file)
    {
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = file, CreateIfMissing = false }).ConfigureAwait(false);
        async Task<double> OpenAccountAsync()
        {
            var ledger = new BudgetLedger(TimeProvider.System);
            var start = Stopwatch.GetTimestamp();
            var status = await store.TransactAsync(transaction => ledger.StatusAsync(transaction, Account, FirstMs + (Events / EventsADay * 24 * HourMs))).ConfigureAwait(false);
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return status is null ? throw new InvalidOperationException("There is no such account.") : elapsed;
        }

        var first = await OpenAccountAsync().ConfigureAwait(false);
        var again = await OpenAccountAsync().ConfigureAwait(false);
        RaceWriterCommand.Say(string.Create(CultureInfo.InvariantCulture, $"{first}\t{again}"));
    }

    private static async Task<(double First, double Again)> OpenElsewhereAsync(string file)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[] { typeof(AccountOpening).Assembly.Location, "compare", "ledger", "--open-once", file })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        var words = line.Trim().Split('\t');
        return (double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static async Task MakeAsync(string file)
    {
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = file }).ConfigureAwait(false);
        var history = new AccountHistory();
        await store.TransactAsync(transaction => new BudgetLedger(TimeProvider.System).OpenAsync(transaction, new AccountPolicy
        {
            Account = Account,
            Measure = PrivacyMeasure.Pure,
            BudgetPerPeriod = PrivacyCost.Pure(1_000_000),
        })).ConfigureAwait(false);
        for (var made = 1; made < Events; made += AtOnce)
        {
            await store.TransactAsync(async transaction =>
            {
                var snapshot = await history.LoadAsync(transaction, Account).ConfigureAwait(false);
                for (var i = made; i < Math.Min(Events, made + AtOnce); i++)
                {
                    snapshot = await history.AppendAsync(transaction, Account, snapshot, Charge(i)).ConfigureAwait(false);
                }

                return 0;
            }).ConfigureAwait(false);
        }
    }

    // Ten queries on each hour of a day, a day after the other.
    private static BudgetCharged Charge(int number)
    {
        var day = FirstMs + (number / EventsADay * 24 * HourMs);
        var start = day + (number % 24 * HourMs);
        return new BudgetCharged(
            $"{Account}|load|0123456789abcdef|q{number}|0|{HourMs}", day, new TimeWindow(start, start + HourMs), $"g{number % 10}", 24, new Units(10_000_000, 0), start);
    }
}
