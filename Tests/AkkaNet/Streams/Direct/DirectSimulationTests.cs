using Akka.Actor;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Tests.Simulation;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

/// <summary>Random streams through directly composed graphs, held to the oracle of the embedded runtime: undisturbed, and
/// stopped, killed and failing on one store.</summary>
public sealed class DirectSimulationTests : IAsyncLifetime
{
    private const int Seeds = 40;
    private readonly ActorSystem _system = ActorSystem.Create("direct", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public Task Undisturbed_runs_release_what_the_oracle_expects() => ForSeedsAsync(1, async given =>
    {
        var oracle = new SimOracle(given);
        var world = World(given, oracle, salt: 1);

        var summary = await world.RunAsync(SimFault.None);

        world.CheckEnd();
        Assert.Equal(given.Partitions.Sum(lines => lines.Count), summary!.RowsRead);
        Assert.Equal(oracle.Late, summary.DeadLetters.GetValueOrDefault(DeadLetterReason.Late));
        Assert.Equal((oracle.Expected.Count, 0), (summary.Released + summary.Withheld.Count, summary.Replayed));
    });

    [Fact]
    public Task Disturbed_runs_are_taken_up_where_they_stopped() => ForSeedsAsync(1001, async given =>
    {
        var random = new Random(given.Seed);
        var world = World(given, new SimOracle(given), salt: 2);

        try
        {
            for (var attempt = random.Next(1, 6); attempt > 0; attempt--)
            {
                await world.RunAsync((SimFault)random.Next(1, SimFaults.Count));
            }

            Assert.False((await world.RunAsync(SimFault.None))!.Interrupted);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{exception}\n{string.Join('\n', world.Log)}");
        }

        world.CheckEnd();
    });

    private SimWorld World(SimCase given, SimOracle oracle, int salt)
    {
        var random = new Random(given.Seed * 17 + salt);
        return new SimWorld(given, oracle, salt, options => new DirectSimRuntime(_system, options, random), run => ((DirectRun)run).Run!);
    }

    // A stream of lines is one partition.
    private static Task ForSeedsAsync(int first, Func<SimCase, Task> run) =>
        Parallel.ForEachAsync(Enumerable.Range(first, Seeds), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (seed, _) =>
        {
            try
            {
                var drawn = SimCase.Draw(seed);
                await run(drawn.Plain());
            }
            catch (Exception exception)
            {
                Assert.Fail($"Seed {seed} failed.\n{exception}");
            }
        });
}
