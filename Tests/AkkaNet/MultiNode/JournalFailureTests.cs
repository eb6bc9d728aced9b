using System.Diagnostics;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Network;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode;

/// <summary>The journal of all accounts fails while they are asked, and comes back.</summary>
[Collection(RealClusters.Name)]
public sealed class JournalFailureTests(WatchdogFixture watchdog, ITestOutputHelper output)
{
    // As in hocon/cluster.conf.
    private static readonly TimeSpan JournalCalls = TimeSpan.FromSeconds(10);

    [NetworkFact]
    public async Task A_journal_on_a_full_disk_withholds_and_spends_nothing()
    {
        await using var site = new LoadSite(watchdog, output);
        using var disk = new SmallDisk(watchdog, Path.GetDirectoryName(site.Journal)!);
        var (a, b) = await AskedAsync(site);
        disk.Fill();
        await WithheldAsync(site, a, b);
        disk.Free();
        await HealedAsync(site, a, b);
    }

    [Fact]
    public async Task A_journal_that_another_process_holds_withholds_and_spends_nothing_and_serves_when_it_is_let_go()
    {
        await using var site = new LoadSite(watchdog, output);
        var (a, b) = await AskedAsync(site);
        using (Sql.Lock(site.Journal))
        {
            var (before, watch) = (site.Charged, Stopwatch.StartNew());
            await WithheldAsync(site, a, b);
            await site.SeenAsync("a hold that outlasts the journal's call-timeout", () => watch.Elapsed > 1.5 * JournalCalls);
            Assert.Equal(before, site.Charged);
            site.Say($"the journal was held for {watch.Elapsed.TotalSeconds:0.0} s at {before} charges");
        }

        var charged = site.Charged;
        var healed = await site.SeenAsync("a charge", () => site.Charged > charged);
        site.Say($"{healed.TotalMilliseconds:0} ms from letting go to the next charge");
        await HealedAsync(site, a, b);
    }

    [Fact]
    public async Task A_pipeline_whose_journal_is_held_withholds_with_a_reason_and_the_next_run_releases()
    {
        await using var site = new ClusterSite(watchdog, output, ["a", "b"]);
        await site.CalmAsync();
        var nodes = await site.JoinAsync("a", "b");
        await site.MoreAsync();
        var (charged, released) = (site.Charged, site.Released);
        using (Sql.Lock(site.Journal))
        {
            var held = await site.MoreAsync();
            Assert.Equal((charged, released), (site.Charged, site.Released));
            Assert.True(site.Withheld > 0);
            site.Say($"{site.Withheld} releases withheld after {held.TotalSeconds:0.0} s");
        }

        var healed = await site.SeenMeanwhileAsync("a release", () => site.Released > released);
        site.Say($"{healed.TotalMilliseconds:0} ms from letting go to the next release");
        await site.FinishAsync(nodes);
        Assert.Contains(nodes, node => node.Output.Contains("\"unavailable\"", StringComparison.Ordinal) && node.Output.Contains($"Account '{SiteText.Pipeline}'", StringComparison.Ordinal));
    }

    private static async Task<(NodeProcess A, NodeProcess B)> AskedAsync(LoadSite site)
    {
        var (a, b) = (await site.JoinAsync("a"), await site.JoinAsync("b"));
        await Task.WhenAll(a.TellAsync("ask 1"), b.TellAsync("ask 1"));
        await site.SeenAsync("the first charges", () => site.Charged > 40);
        return (a, b);
    }

    private static Task<TimeSpan> WithheldAsync(LoadSite site, params NodeProcess[] nodes) => site.SeenAsync(
        "a release that was withheld on each node", () => nodes.All(node => node.Lines().Any(LoadSite.IsWithheld)));

    private static async Task HealedAsync(LoadSite site, NodeProcess a, NodeProcess b)
    {
        await site.SeenAsync("the answers of both", () => a.Lines().Contains("asked 1") && b.Lines().Contains("asked 1"));
        var withheld = a.Lines().Concat(b.Lines()).Count(LoadSite.IsWithheld);
        for (var pass = 2; pass < 6 && site.Charged < LoadSite.Settled; pass++)
        {
            var asked = $"asked {pass}";
            await a.TellAsync($"ask {pass}");
            await site.SeenAsync("the answers of a", () => a.Lines().Contains(asked));
        }

        var books = Invariants.Always(site.Journal, null);
        Assert.Equal(LoadSite.Settled, books.Charges.Count);
        LoadSite.OneAnswer(books, [a, b]);
        site.Say($"the journal failed: {withheld} withheld, all {books.Charges.Count} charged once when it was asked again");
    }
}
