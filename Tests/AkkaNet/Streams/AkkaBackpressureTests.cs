using System.Collections.Concurrent;
using Akka.Actor;
using AkkaPrivacy.AkkaNet.Streams;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.Tests.AkkaNet.Hosting;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Streams;

/// <summary>An input without end in front of lanes that stand still, or run on: what is held, what is allocated, and where.</summary>
[Collection(NodeProgram.OneAtATime)]
public sealed class AkkaBackpressureTests : IAsyncLifetime
{
    private const int Lines = 5_000;
    // The default of PipelineSettings.QueueCapacity.
    private const int Capacity = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ActorSystem _system = ActorSystem.Create("pressure", """
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        lanes { type = ForkJoinDispatcher, throughput = 5, dedicated-thread-pool { thread-count = 2, threadtype = background } }
        """);

    private MemoryLineSource _source = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Lanes_that_stand_still_hold_few_batches_and_nothing_more_is_read(int lanes)
    {
        using var gate = new ManualResetEventSlim();
        var stands = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = Start(lanes, letter =>
        {
            stands.TrySetResult();
            gate.Wait();
        });
        await stands.Task.WaitAsync(Patience);

        await UntilQuietAsync(run);

        // The reader's queue, one in front of each island, those between islands, and what the steps and the reader hold.
        var most = (Capacity * (1 + lanes + (lanes > 1 ? lanes * lanes : 0))) + (4 * lanes) + 4;
        Assert.InRange(run.Pool.Outstanding, 1, most);
        Assert.InRange(_source.BytesRead, 1, (long)most * EventBatch.Capacity * JsonLines.LineBytes);
        run.KillSwitch.Shutdown();
        gate.Set();
        Assert.True((await run.Completion.WaitAsync(Patience)).Interrupted);
        Assert.Equal(0, run.Pool.Outstanding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Lanes_that_run_on_allocate_next_to_nothing_for_each_batch(int lanes)
    {
        const int Measured = 60, Marks = 8;
        var letters = 0;
        var marks = new ConcurrentQueue<long>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = Start(lanes, _ =>
        {
            if (Interlocked.Increment(ref letters) % Measured == 0)
            {
                marks.Enqueue(GC.GetTotalAllocatedBytes(precise: true));
                if (marks.Count == Marks)
                {
                    enough.TrySetResult();
                }
            }
        });
        await enough.Task.WaitAsync(Patience);
        run.KillSwitch.Shutdown();
        await run.Completion.WaitAsync(Patience);

        // While queues fill further the pool grows, up to the bound above; what each batch costs is in every stretch.
        var seen = marks.ToArray();
        var bytes = Enumerable.Range(1, Marks - 1).Min(i => seen[i] - seen[i - 1]);

        // A batch has 400 KB of lines. What remains is what queues and actors allocate for its messages: 2 KB in one lane,
        // 4 KB in three.
        var perBatch = bytes / (Measured * (double)Lines / EventBatch.Capacity);
        Assert.True(perBatch < 4 * EventBatch.Capacity, $"{perBatch:0} bytes a batch");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("lanes")]
    public async Task Stages_run_on_the_dispatcher_that_was_named(string? dispatcher)
    {
        var threads = new ConcurrentDictionary<string, int>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var letters = 0;
        var run = Start(2, _ =>
        {
            threads.TryAdd(Thread.CurrentThread.Name ?? "", 0);
            if (Interlocked.Increment(ref letters) == 20)
            {
                enough.TrySetResult();
            }
        }, dispatcher);
        await enough.Task.WaitAsync(Patience);
        run.KillSwitch.Shutdown();
        await run.Completion.WaitAsync(Patience);
        Assert.All(threads.Keys, name => Assert.Equal(dispatcher is not null, name.StartsWith("lanes_", StringComparison.Ordinal)));
    }

    // The line that is none lets a test into the parser; the input would last for hours.
    private PipelineRun Start(int lanes, Action<DeadLetter> listener, string? dispatcher = null)
    {
        byte[] lines = [.. JsonLines.Create(Lines, seed: 1), .. "not an event\n"u8];
        var options = new EmbeddedRuntimeOptions
        {
            Store = new MemoryStore(),
            Ledger = new BudgetLedger(TimeProvider.System),
            Outbox = new OutboxReader(),
            Keys = new InMemoryKeyRing(),
            DeadLetterListener = letter =>
            {
                if (letter.Reason == DeadLetterReason.Malformed)
                {
                    listener(letter);
                }
            },
        };
        var graph = EnginePipeline.Graph(() => _source = new MemoryLineSource("events", lines, repeat: 1_000_000), lanes).Graph;
        return (PipelineRun)new AkkaRuntime(_system, options) { Dispatcher = dispatcher }.Materialize(graph);
    }

    // Messages to and fro instead of time: what still could move has moved by then.
    private async Task UntilQuietAsync(PipelineRun run)
    {
        var echo = _system.ActorOf(Props.Create(() => new Echo()));
        var before = (-1L, -1L);
        for (var now = State(run); now != before;)
        {
            before = now;
            for (var i = 0; i < 2000; i++)
            {
                await echo.Ask<int>(i, Patience);
            }

            now = State(run);
        }
    }

    private (long, long) State(PipelineRun run) => (_source.BytesRead, run.Pool.Outstanding);

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }
}
