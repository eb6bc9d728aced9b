using Akka.Actor;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Tests.Support;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>A journal that fails in the middle: nothing is answered that is not stored, and the account comes back.</summary>
public sealed class JournalFailureTests() : ActorTestKit(Complete(Parse(FailingJournal.Hocon).WithFallback(Memory)))
{
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("AKKAPRIVACY_CRASH_SEEDS") ?? "3", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    // Nobody waits so long: what is answered is answered at once.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(JournalFault.Fails)]
    [InlineData(JournalFault.Rejects)]
    [InlineData(JournalFault.StoresAndFails)]
    public async Task A_release_that_the_journal_did_not_confirm_is_withheld_and_the_account_comes_back(JournalFault fault)
    {
        var name = $"failing-{fault}";
        var options = Options with { Journal = FailingJournal.Plugin };
        var account = Sys.ActorOf(LedgerSharding.EntityProps(name, options, new StoppedClock(), null));
        var client = new LedgerClient(account, options with { Attempts = 50 });
        await account.AcceptedAsync(new OpenAccount(Policy(account: name)));
        FailingJournal.Faults[PersistenceIds.Of(name)] = new([fault, JournalFault.None]);
        var refusal = await account.RefusedAsync(RefusalCode.Unavailable, Ask(0, 5, 1, name));
        Assert.Contains(fault == JournalFault.Rejects ? "rejected" : "did not confirm", refusal.Message);
        var stored = fault == JournalFault.StoresAndFails;
        var release = Assert.IsType<Released>(await client.AskAsync(Ask(0, 5, 2, name), CancellationToken.None));
        Assert.Equal((stored, stored ? 1m : 2m), (release.Replayed, release.Release.Groups[0].Value));
        Assert.Equal(5, await account.SpentAsync(name));
    }

    [Theory]
    [InlineData(JournalFault.Fails)]
    [InlineData(JournalFault.Rejects)]
    [InlineData(JournalFault.StoresAndFails)]
    public async Task Questions_behind_the_one_that_failed_are_answered_at_once(JournalFault fault)
    {
        var name = $"behind-{fault}";
        var account = Entity(name);
        await account.AcceptedAsync(new OpenAccount(Policy(account: name)));
        FailingJournal.Faults[PersistenceIds.Of(name)] = new([fault]);
        var asked = Enumerable.Range(0, 30).Select(hour => account.Ask<ILedgerReply>(hour % 3 == 2 ? new AskStatus(name, Day) : Ask(hour, 1, account: name), Long)).ToList();
        var replies = await Task.WhenAll(asked).WaitAsync(Patience);
        Assert.All(replies, reply => Assert.True(reply is Released or StatusReply or Refused { Refusal.Code: RefusalCode.Unavailable }, reply.ToString()));
        Assert.IsType<Refused>(replies[0]);
        var status = Assert.IsType<StatusReply>(await new LedgerClient(account, Options).AskAsync(new AskStatus(name, Day), CancellationToken.None)).Status!;
        Assert.Equal(replies.Count(reply => reply is Released) + (fault == JournalFault.StoresAndFails ? 1 : 0), status.Releases);
    }

    [Fact]
    public async Task Whoever_asks_again_gets_all_releases_long_before_its_timeout()
    {
        const string Name = "again";
        var account = Entity(Name);
        var client = new LedgerClient(account, Options with { AskTimeout = Long, Attempts = 10 });
        await client.AskAsync(new OpenAccount(Policy(account: Name)), CancellationToken.None);
        FailingJournal.Faults[PersistenceIds.Of(Name)] = new([JournalFault.None, JournalFault.Fails, JournalFault.None, JournalFault.StoresAndFails]);
        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(hour => client.AskAsync(Ask(hour, 1, account: Name), CancellationToken.None))).WaitAsync(Patience);
        Assert.All(replies, reply => Assert.IsType<Released>(reply));
        Assert.Equal(30, (await account.SpentAsync(Name)) + (await account.SpentAsync(Name, Day + (24 * Hour))));
    }

    [Fact]
    public async Task An_account_that_is_stopped_while_it_writes_says_so()
    {
        const string Name = "stopped";
        var account = Entity(Name);
        await account.AcceptedAsync(new OpenAccount(Policy(account: Name)));
        var faults = FailingJournal.Faults[PersistenceIds.Of(Name)] = new([JournalFault.Hangs]);
        var asked = account.Ask<ILedgerReply>(Ask(0, 1, account: Name), Long);
        await AwaitConditionAsync(() => Task.FromResult(faults.IsEmpty), Patience);
        await CrashAsync(account);
        var refused = Assert.IsType<Refused>(await asked.WaitAsync(Patience));
        Assert.Equal(RefusalCode.Unavailable, refused.Refusal.Code);
        Assert.Contains("stopped before it answered", refused.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_go_on_while_the_journal_of_another_fails_and_that_one_heals()
    {
        var options = Options with { Journal = FailingJournal.Plugin };
        var names = new[] { "sick", "well" };
        var accounts = names.ToDictionary(name => name, name => Sys.ActorOf(LedgerSharding.EntityProps(name, options, new StoppedClock(), null)));
        foreach (var name in names)
        {
            await accounts[name].AcceptedAsync(new OpenAccount(Policy(account: name)));
        }

        FailingJournal.Faults[PersistenceIds.Of("sick")] = new(Enumerable.Repeat(JournalFault.Fails, 5));
        var healing = new LedgerClient(accounts["sick"], options with { Attempts = 50 }).AskAsync(Ask(0, 5, 1, "sick"), CancellationToken.None);
        for (var hour = 0; hour < 20; hour++)
        {
            await accounts["well"].ReleasedAsync(Ask(hour, 1, account: "well"));
        }

        Assert.False(Assert.IsType<Released>(await healing).Replayed);
        Assert.Equal((5L, 20L), (await accounts["sick"].SpentAsync("sick"), await accounts["well"].SpentAsync("well")));
    }

    [Fact]
    public async Task Crashes_between_any_two_steps_spend_nothing_twice_and_lose_no_answer()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            var name = $"crash-{seed}";
            var options = Options with { Journal = FailingJournal.Plugin, SnapshotEvery = 3, CachedReleases = 2 };
            var faults = FailingJournal.Faults[PersistenceIds.Of(name)] = new();
            var account = Sys.ActorOf(LedgerSharding.EntityProps(name, options, new StoppedClock(), null));
            var client = new LedgerClient(account, options with { AskTimeout = TimeSpan.FromMilliseconds(200), Attempts = 200 });
            await client.AskAsync(new OpenAccount(Policy(150, name)), CancellationToken.None);
            var answered = new Dictionary<int, Release>();
            for (var step = 0; step < 40; step++)
            {
                if (random.Next(3) == 0)
                {
                    faults.Enqueue((JournalFault)random.Next(4));
                }

                var hour = random.Next(12);
                var asked = client.AskAsync(Ask(hour, 1 + hour, step, name), CancellationToken.None);
                if (random.Next(4) == 0)
                {
                    await CrashAsync(account);
                }

                var reply = await asked;
                if (reply is Released released && !answered.TryAdd(hour, released.Release))
                {
                    Assert.Equal(ReleaseJson.ToUtf8(answered[hour]), ReleaseJson.ToUtf8(released.Release));
                }
            }

            faults.Clear();
            var status = Assert.IsType<StatusReply>(await client.AskAsync(new AskStatus(name, Day), CancellationToken.None)).Status!;
            Assert.Equal(answered.Count, status.Releases);
            Assert.Equal(answered.Keys.Sum(hour => 1 + hour), status.Spent.Loss);
        }
    }

    private IActorRef Entity(string name) =>
        Sys.ActorOf(LedgerSharding.EntityProps(name, Options with { Journal = FailingJournal.Plugin }, new StoppedClock(), null));

    private static async Task CrashAsync(IActorRef supervisor)
    {
        var child = (await supervisor.Ask<Akka.Pattern.BackoffSupervisor.CurrentChild>(Akka.Pattern.BackoffSupervisor.GetCurrentChild.Instance)).Ref;
        child?.Tell(PoisonPill.Instance);
    }
}
