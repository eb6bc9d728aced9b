using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Storage.Sqlite;
using AkkaPrivacy.Tests.AkkaNet.Ledger;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.LoadNode;

/// <summary>A member that holds accounts, and a client of all of them.</summary>
internal sealed class LoadNode : IAsyncDisposable
{
    public const int Accounts = 200;
    public const int Periods = 3;
    public const int WindowsAsked = 4;
    public const int WindowsAllowed = 3;
    private const int AtOnce = 8;
    private readonly ActorSystem _system;
    private readonly SqliteStore _fence;
    private readonly ShardedLedger _ledger;
    private readonly int _number;
    private long _drawn;

    private LoadNode(ActorSystem system, SqliteStore fence, ShardedLedger ledger, int number) => (_system, _fence, _ledger, _number) = (system, fence, ledger, number);

    public static async Task<LoadNode> StartAsync(ClusterConfiguration configuration, string store, int number)
    {
        var settings = configuration.Settings;
        var system = ActorSystem.Create(settings.System, configuration.Akka);
        var self = Cluster.Get(system).SelfAddress;
        var seeds = settings.Seeds.Select(seed => Address.Parse($"{self.Protocol}://{settings.System}@{seed}"));
        await Cluster.Get(system).JoinSeedNodesAsync(seeds);
        var fence = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = store, BusyTimeout = TimeSpan.FromSeconds(30) });
        var options = DerivedHocon.Ledger(settings);
        var region = LedgerSharding.Start(system, options, TimeProvider.System, fence);
        return new LoadNode(system, fence, new ShardedLedger(region, options), number);
    }

    /// <summary>Asks for every release of every account, in an order of its own, and writes what the answers were.</summary>
    public async Task AskForEverythingAsync(TextWriter answers)
    {
        var random = new Random(_number);
        var accounts = Enumerable.Range(0, Accounts).Select(i => string.Create(CultureInfo.InvariantCulture, $"load-{i:D3}")).ToArray();
        random.Shuffle(accounts);
        await Parallel.ForEachAsync(accounts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (account, _) =>
        {
            var lines = await AskAsync(account, random.Next());
            lock (answers)
            {
                lines.ForEach(answers.WriteLine);
            }
        });
        await answers.FlushAsync();
    }

    public async Task LeaveAsync() => await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await _fence.DisposeAsync();
    }

    private async Task<List<string>> AskAsync(string account, int seed)
    {
        var hours = Enumerable.Range(0, Periods).SelectMany(day => Enumerable.Range(day * 24, WindowsAsked)).ToArray();
        new Random(seed).Shuffle(hours);
        var requests = hours.Select(hour => new LedgerRequest(AccountSystem.Request(hour, account: account), Draw)).ToList();
        await _ledger.PrepareAsync(AccountSystem.Policy(WindowsAllowed, account), requests);

        // A store of its own for each batch, so that every answer is one of the account.
        await using var local = new MemoryStore();
        return await local.TransactAsync(async transaction =>
        {
            var lines = new List<string>();
            foreach (var request in requests)
            {
                lines.Add(Line(request.Release.Id, await _ledger.ReleaseAsync(transaction, request.Release, request.Draw)));
            }

            return lines;
        });
    }

    private static string Line(ReleaseId id, ReleaseOutcome outcome) => outcome.Release is { } release
        ? string.Create(CultureInfo.InvariantCulture, $"released {id} {release.Groups[0].Value}")
        : $"refused {id} {outcome.Refusal!.Code} {outcome.Refusal.Message}";

    // No two draws of any node are equal.
    private DrawnValues Draw() => AccountSystem.Values(((long)_number * 1_000_000_000) + Interlocked.Increment(ref _drawn));
}
