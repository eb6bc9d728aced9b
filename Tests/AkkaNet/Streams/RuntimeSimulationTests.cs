using Akka.Actor;
using AkkaPrivacy.AkkaNet.Streams;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Tests.Simulation;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Streams;

/// <summary>Random streams through this runtime, compared with the oracle that the embedded one is held to; disturbed runs
/// are taken up by either runtime in turn.</summary>
public sealed class RuntimeSimulationTests : IAsyncLifetime
{
    private const int Seeds = 40;
    private readonly ActorSystem _system = ActorSystem.Create("simulation", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public Task Undisturbed_runs_release_what_the_oracle_expects() => ForSeedsAsync(1, async given =>
    {
        var oracle = new SimOracle(given);
        var world = new SimWorld(given, oracle, salt: 1, options => new AkkaRuntime(_system, options));

        var summary = await world.RunAsync(SimFault.None);

        world.CheckEnd();
        Assert.Equal(given.Partitions.Sum(lines => lines.Count), summary!.RowsRead);
        Assert.Equal(oracle.Late, summary.DeadLetters.GetValueOrDefault(DeadLetterReason.Late));
        Assert.Equal((oracle.Expected.Count, 0), (summary.Released + summary.Withheld.Count, summary.Replayed));
    });

    [Fact]
    public Task What_one_runtime_stored_the_other_takes_up() => ForSeedsAsync(1001, async given =>
    {
        var random = new Random(given.Seed);
        var turn = random.Next(2);
        var world = new SimWorld(given, new SimOracle(given), salt: 2, options => turn++ % 2 == 0 ? new AkkaRuntime(_system, options) : new EmbeddedRuntime(options));

        for (var attempt = random.Next(1, 6); attempt > 0; attempt--)
        {
            await world.RunAsync((SimFault)random.Next(1, SimFaults.Count));
        }

        Assert.False((await world.RunAsync(SimFault.None))!.Interrupted);
        world.CheckEnd();
    });

    private static Task ForSeedsAsync(int first, Func<SimCase, Task> run) =>
        Parallel.ForEachAsync(Enumerable.Range(first, Seeds), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (seed, _) =>
        {
            try
            {
                await run(SimCase.Draw(seed));
            }
            catch (Exception exception)
            {
                Assert.Fail($"Seed {seed} failed.\n{exception}");
            }
        });
}
