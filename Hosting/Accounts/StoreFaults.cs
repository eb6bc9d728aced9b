using AkkaPrivacy.Connectors.SqliteTable;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Verification;
using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary>Faults of a store outside of the ledger: what does not match its checksum, and tables of releases that say something
/// else than the releases.</summary>
internal static class StoreFaults
{
    /// <summary>Reads everything that the store holds.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The faults, and how many there are in all.</returns>
    public static async ValueTask<(IReadOnlyList<LedgerFault> Faults, long Count)> OfStoreAsync(IStore store, CancellationToken cancellation)
    {
        if (store is not IVerifiableStore verifiable)
        {
            return ([], 0);
        }

        var found = await verifiable.VerifyAsync(cancellation).ConfigureAwait(false);
        return ([.. found.Damaged.Select(damage => new LedgerFault(damage.Place, damage.Message))], found.DamagedCount);
    }

    /// <summary>Compares tables of releases: those in the store's own file, and those that sinks of the pipeline fill elsewhere.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The faults.</returns>
    public static async ValueTask<IReadOnlyList<LedgerFault>> OfTablesAsync(LedgerCall call)
    {
        var own = call.Options.Postgres is null ? Path.GetFullPath(call.Options.Path) : null;
        var tables = own is null ? [] : SqliteTableCheck.Tables(own).Select(table => (Path: own, Table: table)).ToList();
        tables.AddRange((call.Pipeline?.Options.Sinks ?? [])
            .Where(sink => sink.Type == SinkType.SqliteTable && File.Exists(sink.Path))
            .Select(sink => (Path: Path.GetFullPath(sink.Path), sink.Table)));
        var faults = new List<LedgerFault>();
        foreach (var (path, table) in tables.Distinct())
        {
            var place = $"table '{table}'{(path == own ? "" : $" of '{path}'")}";
            faults.AddRange(await OfTableAsync(call, path, table, place, path == own).ConfigureAwait(false));
        }

        return faults;
    }

    // A table elsewhere may be shared with pipelines of other stores.
    private static async ValueTask<IEnumerable<LedgerFault>> OfTableAsync(LedgerCall call, string path, string table, string place, bool isOwn)
    {
        TableCheck found;
        try
        {
            found = await SqliteTableCheck.CompareAsync(path, table, ids => FindAsync(call, ids)).ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            return [new LedgerFault(place, $"it cannot be read (SQLite code {failure.SqliteExtendedErrorCode})")];
        }

        return
        [
            .. found.Differing.Select(id => new LedgerFault(place, $"its rows of release '{id}' are not what was released")),
            .. isOwn ? found.Unknown.Select(id => new LedgerFault(place, $"it has rows of release '{id}', which is not stored")) : [],
        ];
    }

    private static ValueTask<IReadOnlyList<Release>> FindAsync(LedgerCall call, IReadOnlyList<string> ids) => call.Store.TransactAsync<IReadOnlyList<Release>>(
        async transaction =>
        {
            var found = new List<Release>();
            foreach (var id in ids.Where(StoreNames.IsKey))
            {
                if (await ReleaseReader.GetAsync(transaction, id).ConfigureAwait(false) is { } release)
                {
                    found.Add(release);
                }
            }

            return found;
        },
        call.Cancellation);
}
