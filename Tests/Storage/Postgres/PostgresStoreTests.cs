using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Tests.Storage.Sqlite;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.Storage.Postgres;

/// <remarks>Without a server the suite runs on SQLite a second time; <see cref="TestPostgres"/> says so.</remarks>
public sealed class PostgresStoreTests : DurableStoreConformance, IDisposable
{
    private readonly SqliteFolder _instead = new();
    private readonly PostgresPlace _place = new();

    public void Dispose()
    {
        _place.Dispose();
        _instead.Dispose();
    }

    protected override ValueTask<IStore> OpenAsync() => TestPostgres.IsThere ? _place.OpenAsync() : _instead.OpenAsync();
}
