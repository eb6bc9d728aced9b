using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.Tests.Storage.Sqlite;

/// <summary>A directory with one store file, removed with the test.</summary>
public sealed class SqliteFolder : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    public string File => Path.Combine(Directory, "store.db");

    public async ValueTask<IStore> OpenAsync() => await OpenAsync(new SqliteStoreOptions { Path = File, BusyTimeout = TimeSpan.FromSeconds(20) });

    public ValueTask<SqliteStore> OpenAsync(SqliteStoreOptions options) => SqliteStore.OpenAsync(options);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
