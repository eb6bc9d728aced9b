using Akka.Actor;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Releases;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

public sealed class LedgerAccountActorTests() : ActorTestKit(Complete(Memory))
{
    [Fact]
    public async Task A_known_id_returns_what_is_stored_and_the_new_draw_is_thrown_away()
    {
        var account = Start(Sys);
        await account.AcceptedAsync(new OpenAccount(Policy()));
        await account.AcceptedAsync(new OpenAccount(Policy()));
        var first = await account.ReleasedAsync(Ask(0, 10, value: 1));
        var again = await account.ReleasedAsync(Ask(0, 10, value: 2), replayed: true);
        Assert.Equal(1, first.Groups[0].Value);
        Assert.Equal(ReleaseJson.ToUtf8(first), ReleaseJson.ToUtf8(again));
        Assert.Equal(10, await account.SpentAsync());
        Assert.Equal(2, first.Receipt.LedgerVersion);
    }

    [Fact]
    public async Task What_was_stored_survives_a_restart_with_and_without_snapshots()
    {
        foreach (var every in new[] { 1, 3, 1000 })
        {
            var name = $"logs{every}";
            var options = Options with { SnapshotEvery = every, CachedReleases = 1 };
            var account = Start(Sys, name, options);
            await account.AcceptedAsync(new OpenAccount(Policy(account: name)));
            for (var hour = 0; hour < 8; hour++)
            {
                await account.ReleasedAsync(Ask(hour, 10 + hour, hour, name));
            }

            await account.StoppedAsync(Sys);
            account = Start(Sys, name, options);
            Assert.Equal(108, await account.SpentAsync(name));
            for (var hour = 0; hour < 8; hour++)
            {
                Assert.Equal(hour, (await account.ReleasedAsync(Ask(hour, 10 + hour, 99, name), replayed: true)).Groups[0].Value);
            }

            Assert.Equal(10, (await account.ReleasedAsync(Ask(8, 1, account: name))).Receipt.LedgerVersion);
            Assert.Equal(9, (await account.Ask<HistoryReply>(new AskHistory(name))).Periods.Single().Releases);
        }
    }

    [Fact]
    public async Task Refusals_come_in_the_order_of_their_codes_and_store_nothing()
    {
        var account = Start(Sys);
        await account.RefusedAsync(RefusalCode.UnknownAccount, Ask(0));
        await account.AcceptedAsync(new OpenAccount(Policy(100)));
        await account.RefusedAsync(RefusalCode.PolicyMismatch, new OpenAccount(Policy(101)));
        await account.RefusedAsync(RefusalCode.BudgetExceeded, Ask(0, 101));
        await account.RefusedAsync(RefusalCode.MalformedRequest, Ask(0, 0));
        await account.ReleasedAsync(Ask(0, 100, epoch: 3));
        await account.RefusedAsync(RefusalCode.GroupMismatch, new AskRelease(Request(1, 500, maxWindows: 7), Values()));
        await account.RefusedAsync(RefusalCode.SupersededOwner, Ask(1, 101, epoch: 2));
        await account.RefusedAsync(RefusalCode.MalformedRequest, Ask(1, 0, epoch: 2));
        await account.RefusedAsync(RefusalCode.MalformedRequest, Ask(1, 1, epoch: 0));
        Assert.Equal(100, await account.SpentAsync());
        await account.AcceptedAsync(new GrantBudget(Account, Day, Pure(1), "on the word of the board"));
        await account.ReleasedAsync(Ask(1, 1, epoch: 3));
    }

    [Fact]
    public async Task An_owner_that_was_superseded_stays_so_after_a_restart()
    {
        var account = Start(Sys);
        await account.AcceptedAsync(new OpenAccount(Policy(100)));
        await account.ReleasedAsync(Ask(0, 1, epoch: 1));
        await account.ReleasedAsync(Ask(0, 1, epoch: 2), replayed: true);
        await account.RefusedAsync(RefusalCode.BudgetExceeded, Ask(1, 1000, epoch: 3));
        await account.StoppedAsync(Sys);
        account = Start(Sys);
        await account.RefusedAsync(RefusalCode.SupersededOwner, Ask(1, 1, epoch: 2));
        await account.RefusedAsync(RefusalCode.SupersededOwner, Ask(0, 1, epoch: 1));
        await account.ReleasedAsync(Ask(1, 1, epoch: 3));
    }

    [Fact]
    public async Task Poison_is_refused_with_a_reason_and_the_account_goes_on()
    {
        var account = Start(Sys, options: Options with { MaxReleaseBytes = 4096 });
        await account.AcceptedAsync(new OpenAccount(Policy()));
        await account.RefusedAsync(RefusalCode.MalformedRequest, "what is this");
        await account.RefusedAsync(RefusalCode.MalformedRequest, Accepted.Instance);
        await account.RefusedAsync(RefusalCode.MalformedRequest, Ask(0, account: "other"));
        await account.RefusedAsync(RefusalCode.MalformedRequest, new AskRelease(null!, null!));
        await account.RefusedAsync(RefusalCode.MalformedRequest, new AskRelease(Request(0), null!));
        await account.RefusedAsync(RefusalCode.MalformedRequest, new AskRelease(Request(0), Values() with { Groups = null! }));
        await account.RefusedAsync(RefusalCode.MalformedRequest, new AskRelease(Request(0), Values() with { GroupBy = [] }));
        await account.RefusedAsync(RefusalCode.MalformedRequest, new AskRelease(Request(0), Values() with { Mechanism = new string('x', 10_000) }));
        await account.RefusedAsync(RefusalCode.MalformedRequest, new AskRelease(Request(0) with { CompositionGroup = new string('x', 10_000) }, Values()));
        await account.RefusedAsync(RefusalCode.MalformedRequest, new AskRelease(Request(0, epoch: 1) with { Fence = new Fence(new string('x', 10_000), 1) }, Values()));
        await account.RefusedAsync(RefusalCode.MalformedRequest, new AskRelease(Request(0) with { MaxWindows = -1 }, Values()));
        Assert.Equal(0, await account.SpentAsync());
        Assert.Equal(2, (await account.ReleasedAsync(Ask(0))).Receipt.LedgerVersion);
    }

    [Fact]
    public async Task An_account_with_a_relative_in_its_tree_is_refused_either_way()
    {
        var above = Start(Sys);
        await above.AcceptedAsync(new MarkBelow(Account, "logs/a"));
        await above.AcceptedAsync(new MarkBelow(Account, "logs/b"));
        await above.StoppedAsync(Sys);
        above = Start(Sys);
        await above.RefusedAsync(RefusalCode.PolicyMismatch, new OpenAccount(Policy()));
        var open = Start(Sys, "open");
        await open.AcceptedAsync(new OpenAccount(Policy(account: "open")));
        await open.RefusedAsync(RefusalCode.PolicyMismatch, new MarkBelow("open", "open/a"));
    }

    [Fact]
    public async Task Commands_that_come_while_it_recovers_wait()
    {
        var account = Start(Sys);
        var open = account.AcceptedAsync(new OpenAccount(Policy()));
        var asked = Enumerable.Range(0, 50).Select(hour => account.ReleasedAsync(Ask(hour, 1))).ToList();
        await open;
        var releases = await Task.WhenAll(asked);
        Assert.Equal(Enumerable.Range(2, 50).Select(version => (long)version), releases.Select(release => release.Receipt.LedgerVersion));
    }
}
