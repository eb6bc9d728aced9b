using Akka.Actor;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>Accounts on Akka.Persistence.Sql, in a file that outlives the system.</summary>
public sealed class SqliteLedgerTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akkaprivacy-ledger-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Releases_survive_the_system_and_two_incarnations_on_one_journal_spend_once()
    {
        var options = Options with { SnapshotEvery = 2, CachedReleases = 0 };
        byte[] stored;
        await using (var first = new Running(System()))
        {
            var account = Start(first.Value, options: options);
            await account.AcceptedAsync(new OpenAccount(Policy(100)));
            stored = ReleaseJson.ToUtf8(await account.ReleasedAsync(Ask(0, 60, 1)));
            await account.ReleasedAsync(Ask(1, 10));
        }

        await using var left = new Running(System());
        await using var right = new Running(System());
        var (a, b) = (Start(left.Value, options: options), Start(right.Value, options: options));
        Assert.Equal((70, 70), (await a.SpentAsync(), await b.SpentAsync()));
        Assert.Equal(stored, ReleaseJson.ToUtf8(await b.ReleasedAsync(Ask(0, 60, 2), replayed: true)));

        // Both know 70; what the journal takes from one it refuses from the other.
        await a.ReleasedAsync(Ask(2, 30));
        await b.RefusedAsync(RefusalCode.Unavailable, Ask(3, 30));
        b = Start(right.Value, options: options);
        Assert.Equal(100, await b.SpentAsync());
        await b.RefusedAsync(RefusalCode.BudgetExceeded, Ask(3, 30));
    }

    [Fact]
    public async Task An_incarnation_whose_epoch_was_taken_stores_nothing()
    {
        await using var store = new MemoryStore();
        await using var left = new Running(System());
        await using var right = new Running(System());
        var a = Start(left.Value, fence: store);
        await a.AcceptedAsync(new OpenAccount(Policy(100)));
        var b = Start(right.Value, fence: store);
        Assert.Equal(0, await b.SpentAsync());
        Assert.Contains("another incarnation", (await a.RefusedAsync(RefusalCode.Unavailable, Ask(0, 60))).Message);
        await b.ReleasedAsync(Ask(0, 60));
    }

    private ActorSystem System() => ActorSystem.Create("sqlite", Complete(Sqlite(_directory.FullName)));

    private sealed class Running(ActorSystem system) : IAsyncDisposable
    {
        public ActorSystem Value => system;

        public async ValueTask DisposeAsync() => await system.Terminate();
    }
}
