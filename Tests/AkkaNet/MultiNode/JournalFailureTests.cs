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

    private static async Task<(NodeProcess A, NodeProcess B)> AskedAsync(LoadSite site)
    {
        var (a, b) = (await site.JoinAsync("a"), await site.JoinAsync("b"));
        await Task.WhenAll(a.TellAsync("ask 1"), b.TellAsync("ask 1"));
        await site.SeenAsync("the first charges", () => site.Charged > 40);
        return (a, b);
    }

    private static Task WithheldAsync(LoadSite site, NodeProcess a, NodeProcess b) => site.SeenAsync(
        "a release that was withheld", () => a.Lines().Concat(b.Lines()).Any(line => line.EndsWith("Unavailable", StringComparison.Ordinal)));

    private static async Task HealedAsync(LoadSite site, NodeProcess a, NodeProcess b)
    {
        await site.SeenAsync("the answers of both", () => a.Lines().Contains("asked 1") && b.Lines().Contains("asked 1"));
        var withheld = a.Lines().Concat(b.Lines()).Count(line => line.EndsWith("Unavailable", StringComparison.Ordinal));
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
