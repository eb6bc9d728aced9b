using System.Globalization;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode;

/// <summary>The oldest node, which holds the singleton and runs the pipeline, is killed without warning, and again.</summary>
/// <remarks>AKKAPRIVACY_CLUSTER_ROUNDS says how often (default 2), AKKAPRIVACY_CLUSTER_SEED repeats a run.</remarks>
[Collection(RealClusters.Name)]
public sealed class KillNineTests(WatchdogFixture watchdog, ITestOutputHelper output)
{
    private const int WindowsBeside = 90;
    private const int MostWindows = 16;

    [Fact]
    public async Task Kills_of_the_oldest_node_in_the_middle_of_releases_lose_nothing_and_spend_nothing_twice()
    {
        var rounds = Number("AKKAPRIVACY_CLUSTER_ROUNDS") ?? 2;
        var seed = Number("AKKAPRIVACY_CLUSTER_SEED") ?? Random.Shared.Next();
        var random = new Random(seed);
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"]) { Windows = WindowsBeside + (rounds * MostWindows) };
        site.Say($"{rounds} rounds, seed {seed}");
        await site.CalmAsync();
        List<NodeProcess> byAge = [.. await site.JoinAsync("a", "b", "c")];
        await site.MoreAsync();
        for (var round = 1; round <= rounds; round++)
        {
            // The first of them both runs the pipeline and is the oldest; afterwards either is killed in turn.
            var victim = round % 2 == 1 ? byAge[0] : byAge.First(site.Owns);
            await KillAsync(site, victim, random, $"kill -9 {round}, {(victim == byAge[0] ? "the oldest" : "not the oldest")}");
            byAge.Remove(victim);
            byAge.Add(await site.JoinAsync(victim.Name));
        }

        await site.FinishAsync([.. byAge]);
    }

    // In the middle of a number of windows, or of one that is charged and not stored.
    private static async Task KillAsync(ClusterSite site, NodeProcess victim, Random random, string what)
    {
        var (owned, epoch, windows) = (site.Owns(victim), site.Epoch, random.Next(2, MostWindows));
        await (random.Next(2) == 0
            ? site.ChargedAsync(windows, victim.KillAsync)
            : site.InTheMiddleAsync(windows, random.Next((windows - 1) * SiteText.Queries), victim.KillAsync));
        var text = $"{what}: {site.Charged} releases charged, {site.Released} of {site.Input.Due} stored";
        if (!owned)
        {
            site.Say($"{text}; it did not run the pipeline, which went on within {(await site.MoreAsync(1)).TotalMilliseconds:0} ms");
            return;
        }

        var taken = await site.SeenAsync("another owner", () => site.Epoch > epoch);
        site.Say($"{text}; {taken.TotalMilliseconds:0} ms to the new owner, everything released {(await site.MoreAsync(1)).TotalMilliseconds:0} ms later");
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
