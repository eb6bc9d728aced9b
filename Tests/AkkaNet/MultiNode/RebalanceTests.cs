using AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode;

/// <summary>Accounts move between nodes while all nodes ask them, for the same releases with draws of their own.</summary>
[Collection(RealClusters.Name)]
public sealed class RebalanceTests(WatchdogFixture watchdog, ITestOutputHelper output)
{
    [Fact]
    public async Task Releases_asked_for_while_shards_move_are_charged_once_and_have_one_value()
    {
        await using var site = new LoadSite(watchdog, output);
        var (a, b) = (await site.JoinAsync("a"), await site.JoinAsync("b"));
        await Task.WhenAll(a.TellAsync("ask 1"), b.TellAsync("ask 1"));
        await site.SeenAsync("the first charges", () => site.Charged > LoadSite.Settled / 20);
        var c = await site.JoinAsync("c");
        await c.TellAsync("ask 1");
        await site.SeenAsync("more charges", () => site.Charged > LoadSite.Settled / 5);
        await a.TellAsync("leave");
        await site.SeenAsync("the answers of b and c", () => b.Lines().Contains("asked 1") && c.Lines().Contains("asked 1"));
        Assert.True(await a.ExitAsync() == 0, a.Describe());

        // What was withheld while accounts moved is asked for again, as the next start of a pipeline does.
        await b.TellAsync("ask 2");
        await site.SeenAsync("the answers of b", () => b.Lines().Contains("asked 2"));
        var books = Invariants.Always(site.Journal, null);
        Assert.Equal(LoadSite.Settled, books.Charges.Count);
        LoadSite.OneAnswer(books, [a, b, c]);
        Assert.Equal(LoadSite.Settled, b.Lines().SkipWhile(line => line != "asked 1").Count(line => line.StartsWith("released", StringComparison.Ordinal)));
        site.Say($"{books.Charges.Count} charges of {LoadNode.LoadNode.Accounts} accounts; withheld while accounts moved: {string.Join(", ", new[] { a, b, c }.Select(node => node.Lines().Count(LoadSite.IsWithheld)))}");
        await Task.WhenAll(b.TellAsync("leave"), c.TellAsync("leave"));
        Assert.Equal((0, 0), (await b.ExitAsync(), await c.ExitAsync()));
    }
}
