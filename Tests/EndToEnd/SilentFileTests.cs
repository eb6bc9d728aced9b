using System.Globalization;
using AkkaPrivacy.Connectors.Files;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Tests.Connectors.Files;
using AkkaPrivacy.Tests.Engine.Runtime;
using Xunit;

namespace AkkaPrivacy.Tests.EndToEnd;

/// <summary>A log that is followed, whose event time is the server's own clock, and that nobody writes to any more. Windows are of
/// an hour, rows may be five minutes late, the clock is virtual.</summary>
public sealed class SilentFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RuntimeFixture _fixture = new();
    private readonly List<DeadLetter> _afterFiring = [];

    private string Log => Path.Combine(_folder.Path, "access.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_windows_fire_by_the_clock_and_rows_that_come_later_are_dead_letters()
    {
        Append(minutes: [0, 3, 6, 9, 12, 15, 18, 21]);
        var summary = await RunAsync(
            TimeSpan.FromMinutes(2),
            () => Advance(68),
            () => Assert.Empty(_fixture.Truth),
            () => Advance(2),
            () => { },
            () =>
            {
                Assert.Equal([(0, 8)], _fixture.Truth);
                Append(minutes: [59, 61]);
            },
            () => Advance(60),
            () => { },
            () => Assert.Equal([(0, 8)], _fixture.Truth),
            () => Advance(2),
            () => { });
        Assert.Equal([(0, 8), (1, 1)], _fixture.Truth);
        Assert.Equal((2, 10L), (summary.Released, summary.RowsRead));
        Assert.Equal(9, Assert.Single(_afterFiring).Position);
    }

    [Fact]
    public async Task Without_the_option_they_wait_for_the_next_row()
    {
        Append(minutes: [0, 3, 6, 9, 12, 15, 18, 21]);
        var summary = await RunAsync(
            null,
            () => Advance(600),
            () => Advance(600),
            () =>
            {
                Assert.Empty(_fixture.Truth);
                Append(minutes: [59, 65]);
            },
            () => { });
        Assert.Equal([(0, 9)], _fixture.Truth);
        Assert.Equal((1, 0), (summary.Released, _afterFiring.Count));
    }

    [Fact]
    public async Task A_pause_is_no_silence()
    {
        Append(minutes: [0, 3, 6, 9, 12, 15, 18, 21]);
        await RunAsync(
            TimeSpan.FromMinutes(2),
            () => Advance(1),
            run => PauseFor(run, minutes: 120),
            _ => Append(minutes: [50]),
            _ => { },
            _ => Assert.Empty(_fixture.Truth),
            _ => Advance(2),
            _ => { });
        Assert.Equal((0, 9), _fixture.Truth[0]);
        Assert.Empty(_afterFiring);
    }

    private Task<RunSummary> RunAsync(TimeSpan? idleTimeout, params Action[] atIdle) => RunAsync(idleTimeout, () => { }, [.. atIdle.Select<Action, Action<IPipelineRun>>(act => _ => act())]);

    // Each action follows a read that brought nothing; behind the last one the run is stopped.
    private async Task<RunSummary> RunAsync(TimeSpan? idleTimeout, Action first, params Action<IPipelineRun>[] atIdle)
    {
        var started = new TaskCompletionSource<IPipelineRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actions = new Queue<Action<IPipelineRun>>([_ => first(), .. atIdle, run => run.KillSwitch.Shutdown()]);
        var file = new LineFileSource(new LineFileOptions { Path = Log, Follow = true, Poll = TimeSpan.FromMilliseconds(10) });
        var graph = Source.FromLines(() => new ActingSource(file, async () => actions.Dequeue()(await started.Task)))
            .ParseJsonLines(AkkaPrivacy.Tests.Engine.Planning.Graphs.Map()).Tokenize().Via(RuntimeFixture.Query())
            .ToMaterialized(Sink.Store(), Keep.Right)
            .WithSideOutput(DeadLetterReason.AfterFiring, _afterFiring.Add)
            .WithSettings(RuntimeFixture.Settings() with { Arrival = ArrivalMode.EventTime, IdleTimeout = idleTimeout });
        var run = _fixture.Runtime.Materialize(graph.Graph);
        started.SetResult(run);
        return await run.Completion.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private void Advance(int minutes) => _fixture.Clock.Advance(TimeSpan.FromMinutes(minutes));

    // The next turn of the reader stands still; time passes meanwhile.
    private void PauseFor(IPipelineRun run, int minutes)
    {
        run.Pause("maintenance");
        _ = Task.Run(() =>
        {
            Assert.True(SpinWait.SpinUntil(() => run.Topology().State == "paused", TimeSpan.FromSeconds(20)));
            Advance(minutes);
            run.Resume();
        });
    }

    private void Append(int[] minutes) => File.AppendAllLines(Log, minutes.Select(minute => string.Create(
        CultureInfo.InvariantCulture, $$"""{"time":{{RuntimeFixture.Start + (minute * 60_000L)}},"user":"u{{minute}}","page":"/a","bytes":1}""")));

    /// <summary>Does something after each read that brought nothing.</summary>
    private sealed class ActingSource(IEventSource inner, Func<Task> atIdle) : IEventSource
    {
        public string Name => inner.Name;

        public RowSchema Schema => inner.Schema;

        public long? TotalBytes => inner.TotalBytes;

        public long BytesRead => inner.BytesRead;

        public int Partitions => inner.Partitions;

        public bool KeepsPartitions => inner.KeepsPartitions;

        public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => inner.OpenAsync(context, cancellationToken);

        public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
        {
            var read = await inner.ReadAsync(batch, cancellationToken);
            if (read == SourceRead.Idle)
            {
                await atIdle();
            }

            return read;
        }

        public SourcePosition? PartitionAt(int partition) => inner.PartitionAt(partition);

        public IReadOnlyList<SourcePosition> Positions() => inner.Positions();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
