using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>The baseline: the ledger on a SQLite store, one transaction for each release.</summary>
internal sealed class StoreDebits : IDebitSubject, IAsyncDisposable
{
    private readonly SqliteStore _store;
    private readonly IReadOnlyList<string> _accounts;
    private readonly DebitLoad _load;

    private StoreDebits(SqliteStore store, IReadOnlyList<string> accounts)
    {
        _store = store;
        _accounts = accounts;
        var ledger = new BudgetLedger(TimeProvider.System);
        _load = new DebitLoad("client", async (request, values) =>
        {
            var outcome = await store.TransactAsync(transaction => ledger.ReleaseAsync(transaction, request, () => values)).ConfigureAwait(false);
            if (outcome is not { Replayed: false, Release: not null })
            {
                throw new InvalidOperationException($"A release was refused: {outcome.Refusal?.Message ?? "it was there before"}");
            }
        });
    }

    /// <inheritdoc />
    public string Name => "store";

    /// <inheritdoc />
    public string What => "the ledger on a SQLite store, a transaction for each release";

    /// <summary>Opens the store and the accounts.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="accounts">How many accounts.</param>
    public static async Task<StoreDebits> StartAsync(string directory, int accounts)
    {
        var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(directory, "store.db") }).ConfigureAwait(false);
        string[] names = [.. Enumerable.Range(0, accounts).Select(DebitLoad.Account)];
        var ledger = new BudgetLedger(TimeProvider.System);
        foreach (var name in names)
        {
            await store.TransactAsync(transaction => ledger.OpenAsync(transaction, DebitLoad.Policy(name))).ConfigureAwait(false);
        }

        return new StoreDebits(store, names);
    }

    /// <inheritdoc />
    public Task<DebitSample> RunAsync(TimeSpan time) => _load.RunAsync(_accounts, time);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
