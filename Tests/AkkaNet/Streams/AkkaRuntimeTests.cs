using Akka.Actor;
using AkkaPrivacy.AkkaNet.Streams;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Streams;

public sealed class AkkaRuntimeTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ActorSystem _system = ActorSystem.Create("runtime", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
    private readonly TaskCompletionSource _reading = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_kill_switch_drains(int lanes)
    {
        var run = Start(lanes);
        await _reading.Task.WaitAsync(Patience);

        run.KillSwitch.Shutdown();
        var summary = await run.Completion.WaitAsync(Patience);

        Assert.True(summary.Interrupted);
        Assert.Equal(0, run.Pool.Outstanding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_run_fails_when_its_actor_system_ends(int lanes)
    {
        var run = Start(lanes);
        await _reading.Task.WaitAsync(Patience);

        await _system.Terminate();

        await Assert.ThrowsAsync<PipelineException>(() => run.Completion.WaitAsync(Patience));
    }

    // The line that is none tells when rows are on their way; the input would last for hours.
    private PipelineRun Start(int lanes)
    {
        byte[] lines = [.. JsonLines.Create(5_000, seed: 1), .. "not an event\n"u8];
        var options = new EmbeddedRuntimeOptions
        {
            Store = new MemoryStore(),
            Ledger = new BudgetLedger(TimeProvider.System),
            Outbox = new OutboxReader(),
            Keys = new InMemoryKeyRing(),
            DeadLetterListener = _ => _reading.TrySetResult(),
        };
        var graph = EnginePipeline.Graph(() => new MemoryLineSource("events", lines, repeat: 1_000_000), lanes).Graph;
        return (PipelineRun)new AkkaRuntime(_system, options).Materialize(graph);
    }
}
