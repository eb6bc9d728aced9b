using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime;

/// <summary>A sink that takes nothing for a minute: what is released stays in the outbox, and the counting goes on.</summary>
public sealed class BlockedSinkTests
{
    private readonly RuntimeFixture _fixture = new();
    private readonly HeldSink _sink = new();

    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_released_twice()
    {
        var run = Start();
        WaitUntilCounted(run);
        Assert.Equal((4, 4), await StoredAsync());
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var now = run.Topology();
        Assert.Equal(("running", TimeSpan.FromMinutes(1), 40L), (now.State, now.Uptime, now.RowsRead));
        Assert.Equal([new SinkSnapshot("held", "publishing")], now.Sinks);
        Assert.Empty(_sink.Taken);
        Assert.False(run.Completion.IsCompleted);

        _sink.Open();
        Assert.Equal(4, (await run.Completion).Released);
        Assert.Equal((4, 4), (_sink.Taken.Count, _sink.Taken.Distinct().Count()));
        Assert.Equal((4, 4), await StoredAsync());
        Assert.Equal([new SinkSnapshot("held", "idle")], run.Topology().Sinks);
    }

    [Fact]
    public async Task A_run_that_is_stopped_meanwhile_leaves_its_releases_to_the_next_one()
    {
        var run = Start();
        WaitUntilCounted(run);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        run.KillSwitch.Abort(new InvalidOperationException("stopped"));
        await Assert.ThrowsAsync<PipelineException>(() => run.Completion);
        Assert.Empty(_sink.Taken);

        _sink.Open();
        Assert.Equal(0, (await Start().Completion).Released);
        Assert.Equal((4, 4), (_sink.Taken.Count, _sink.Taken.Distinct().Count()));
        Assert.Equal((4, 4), await StoredAsync());
    }

    private IPipelineRun Start() => _fixture.Runtime.Materialize(RuntimeFixture.Graph(_sink).WithSettings(RuntimeFixture.Settings()).Graph);

    private static void WaitUntilCounted(IPipelineRun run) => Assert.True(SpinWait.SpinUntil(
        () => run.Topology() is { FiredUpTo: { } fired, Sinks: [{ State: "publishing" }] } && fired.ToUnixTimeMilliseconds() == RuntimeFixture.Start + (4 * 3_600_000),
        TimeSpan.FromSeconds(20)));

    private Task<(int Releases, int Outbox)> StoredAsync() => _fixture.Store.TransactAsync(
        async transaction => ((await transaction.ScanAsync("releases")).Count, (await transaction.ScanAsync("outbox")).Count)).AsTask();

    private sealed class HeldSink : IReleaseSink
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "held";

        public List<string> Taken { get; } = [];

        public void Open() => _gate.TrySetResult();

        public async ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
        {
            await _gate.Task.WaitAsync(cancellationToken);
            Taken.AddRange(releases.Select(release => release.Id.ToString()));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
