using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>A SQLite file for the passes of a comparison, as a pipeline in operation has one. It is deleted when the
/// process ends.</summary>
internal static class ComparisonStore
{
    private static readonly Lazy<IStore> Store = new(Open);

    /// <summary>The store, opened by its first user.</summary>
    public static IStore Shared => Store.Value;

    private static SqliteStore Open()
    {
        var directory = Directory.CreateTempSubdirectory("akkaprivacy-compare");
        var store = SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(directory.FullName, "compare.db") }).GetAwaiter().GetResult();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            directory.Delete(recursive: true);
        };
        return store;
    }
}
