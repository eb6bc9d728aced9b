using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Storage.Postgres;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Opens the store that options describe.</summary>
internal static class StoreFactory
{
    /// <summary>Opens the store.</summary>
    /// <param name="store">Its options.</param>
    /// <param name="time">The clock of waits.</param>
    /// <param name="cancellationToken">Cancels the wait for another process.</param>
    /// <param name="readOnly">Opens a file for reading only, which keeps no other process waiting.</param>
    /// <returns>The store.</returns>
    /// <exception cref="SecretException">The password cannot be read.</exception>
    /// <exception cref="StoreException">The store cannot be opened.</exception>
    public static async ValueTask<IStore> OpenAsync(StoreOptions store, TimeProvider time, CancellationToken cancellationToken = default, bool readOnly = false)
    {
        if (store.Postgres is not { } server)
        {
            var file = new SqliteStoreOptions { Path = store.Path, BusyTimeout = store.BusyTimeout, CreateIfMissing = store.Create, ReadOnly = readOnly };
            return await SqliteStore.OpenAsync(file, time, cancellationToken).ConfigureAwait(false);
        }

        var options = new PostgresStoreOptions
        {
            Connection = server.Connection,
            Password = Secret.ReadText(server.Password),
            Schema = server.Schema,
            CreateIfMissing = store.Create,
            BusyTimeout = store.BusyTimeout,
            AnswerTimeout = store.AnswerTimeout,
        };
        return await PostgresStore.OpenAsync(options, time, cancellationToken).ConfigureAwait(false);
    }
}
