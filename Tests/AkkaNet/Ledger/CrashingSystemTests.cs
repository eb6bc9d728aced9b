using System.Globalization;
using Akka.Actor;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Tests.Support;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>An account whose actor and whose whole actor system are killed at random moments, on a journal in a file; the
/// next system starts while the last one still ends. Every question is asked until it is answered.</summary>
/// <remarks><c>AKKAPRIVACY_CRASH_SEEDS</c> sets how many seeds run.</remarks>
public sealed class CrashingSystemTests
{
    private const int Steps = 12;
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("AKKAPRIVACY_CRASH_SEEDS") ?? "2", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Kills_between_any_two_steps_spend_nothing_twice_and_change_no_release()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                await RunAsync(seed, fenced: seed % 2 == 0);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed}: {failure.Message}", failure);
            }
        }
    }

    private static async Task RunAsync(int seed, bool fenced)
    {
        var directory = Directory.CreateTempSubdirectory("akkaprivacy-crash-");
        await using var store = new MemoryStore();
        var run = new CrashRun(directory.FullName, fenced ? store : null);
        var random = new Random(seed);
        try
        {
            Assert.IsType<Accepted>(await run.AskAsync(new OpenAccount(Policy(1000))));
            var answered = new Dictionary<int, byte[]>();
            for (var step = 0; step < Steps; step++)
            {
                var hour = random.Next(16);
                var asked = run.AskAsync(Ask(hour, 1 + hour, step));
                run.Kill(random.Next(6));
                var released = Assert.IsType<Released>(await asked);
                var bytes = ReleaseJson.ToUtf8(released.Release);
                if (!answered.TryAdd(hour, bytes))
                {
                    Assert.Equal(answered[hour], bytes);
                }
            }

            var status = Assert.IsType<StatusReply>(await run.AskAsync(new AskStatus(Account, Day))).Status!;
            Assert.Equal(answered.Count, status.Releases);
            Assert.Equal(answered.Keys.Sum(hour => 1 + hour), status.Spent.Loss);
        }
        finally
        {
            await run.EndAsync();
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            directory.Delete(recursive: true);
        }
    }

    private sealed class CrashRun(string directory, IStore? fence)
    {
        private static readonly LedgerShardingOptions Impatient = Options with
        {
            SnapshotEvery = 3, CachedReleases = 2, AskTimeout = TimeSpan.FromMilliseconds(200), Attempts = 2,
        };

        private readonly List<Task> _ended = [];
        private (ActorSystem System, IActorRef Account) _now = Start(directory, fence);

        // Asks whichever system runs, until somebody answers.
        public async Task<ILedgerReply> AskAsync(ILedgerCommand command)
        {
            for (var attempt = 0; attempt < 1000; attempt++)
            {
                var reply = await new LedgerClient(_now.Account, Impatient).AskAsync(command, CancellationToken.None);
                if (reply is not Refused { Refusal.Code: RefusalCode.Unavailable })
                {
                    return reply;
                }
            }

            throw new TimeoutException("nobody answered");
        }

        public void Kill(int what)
        {
            if (what == 0)
            {
                _ended.Add(_now.System.Terminate());
                _now = Start(directory, fence);
            }
            else if (what == 1)
            {
                _now.System.ActorSelection(_now.Account.Path / "account").Tell(PoisonPill.Instance);
            }
            else if (what == 2)
            {
                _now.System.ActorSelection(_now.Account.Path / "account").Tell(Akka.Actor.Kill.Instance);
            }
        }

        public async Task EndAsync()
        {
            _ended.Add(_now.System.Terminate());
            await Task.WhenAll(_ended);
        }

        private static (ActorSystem System, IActorRef Account) Start(string directory, IStore? fence)
        {
            var system = ActorSystem.Create("crash", Complete(Sqlite(directory)));
            return (system, system.ActorOf(LedgerSharding.EntityProps(Account, Impatient, new StoppedClock(), fence), "entity"));
        }
    }
}
