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
    [Fact]
    public async Task Kills_of_the_oldest_node_in_the_middle_of_releases_lose_nothing_and_spend_nothing_twice()
    {
        var rounds = Number("AKKAPRIVACY_CLUSTER_ROUNDS") ?? 2;
        var seed = Number("AKKAPRIVACY_CLUSTER_SEED") ?? Random.Shared.Next();
        var random = new Random(seed);
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"]);
        site.Say($"{rounds} rounds, seed {seed}");
        await site.CalmAsync();
        var slow = await site.SlowAsync();
        var byAge = new List<NodeProcess>();
        await using (slow)
        {
            foreach (var name in new[] { "a", "b", "c" })
            {
                byAge.Add(await site.JoinAsync(name));
            }

            for (var round = 1; round <= rounds; round++)
            {
                await site.MoreAsync(1 + random.Next(20));

                // The first of them both runs the pipeline and is the oldest; afterwards either is killed in turn.
                var victim = round % 2 == 1 ? byAge[0] : byAge.First(site.Owns);
                await KillAsync(site, slow, victim, random.Next(60), $"kill -9 {round}, {(victim == byAge[0] ? "the oldest" : "not the oldest")}");
                byAge.Remove(victim);
                byAge.Add(await site.JoinAsync(victim.Name));
            }
        }

        await site.FinishAsync([.. byAge]);
    }

    private static async Task KillAsync(ClusterSite site, SlowStore slow, NodeProcess victim, int afterMs, string what)
    {
        // Somewhere in the next transactions: reading, drawing, charging, publishing.
        slow.Hold = TimeSpan.FromMilliseconds(40);
        await Task.Delay(afterMs);
        var (owned, epoch, before) = (site.Owns(victim), site.Epoch, site.Released);
        await victim.KillAsync();
        slow.Hold = SlowStore.Slowly;
        if (!owned)
        {
            site.Say($"{what}: it did not run the pipeline, which went on within {(await site.MoreAsync()).TotalMilliseconds:0} ms");
            return;
        }

        var taken = await site.SeenAsync("another owner", () => site.Epoch > epoch);
        site.Say($"{what}: after {before} releases, {taken.TotalMilliseconds:0} ms to the new owner, first release {(await site.MoreAsync()).TotalMilliseconds:0} ms later");
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
