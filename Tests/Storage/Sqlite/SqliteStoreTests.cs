using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Tests.Storage.Sqlite;

public sealed class SqliteStoreTests : DurableStoreConformance, IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override ValueTask<IStore> OpenAsync() => _folder.OpenAsync();
}
