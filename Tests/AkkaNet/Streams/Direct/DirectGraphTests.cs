using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Tests.Support;
using Xunit;
using ArrivalMode = AkkaPrivacy.Engine.Graphs.ArrivalMode;
using TokenizedRows = AkkaPrivacy.Engine.Graphs.TokenizedRows;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

public sealed class DirectGraphTests() : ActorTestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DirectHarness _harness = new();

    [Fact]
    public async Task Releases_are_charged_and_stored_before_they_flow()
    {
        var stored = new List<bool>();
        var flowed = new List<Release>();
        var sink = Sink.ForEachAsync<Release>(1, async release =>
        {
            stored.Add((await _harness.StoredAsync()).Any(other => other.Id == release.Id));
            flowed.Add(release);
        });

        var (run, end) = _harness.Visitors(DirectHarness.Hours(3)).ToMaterialized(ReleaseSinks.To(sink), Keep.Right).Run(Sys.Materializer());
        var summary = await run.Completion.WaitAsync(Patience);
        await end.WaitAsync(Patience);

        Assert.Equal((180, 3, false), (summary.RowsRead, summary.Released, summary.Interrupted));
        Assert.Equal([true, true, true], stored);
        Assert.Equal([1.0, 2.0, 3.0], flowed.Select(release => release.Receipt.SpentInPeriod.Epsilon));
        Assert.Equal("completed", run.Topology().State);
        Assert.Contains(run.Topology().Stages, stage => stage.Name == "parse-json" && stage.RowsIn == 180);
    }

    [Fact]
    public async Task Operators_that_only_delay_may_stand_anywhere()
    {
        var rows = _harness.Tokens(DirectHarness.Hours(3).Async())
            .Async()
            .Buffer(2, OverflowStrategy.Backpressure)
            .Throttle(100_000, TimeSpan.FromSeconds(1), 100_000, ThrottleMode.Shaping)
            .Via(Akka.Streams.KillSwitches.Single<Batch<TokenizedRows>>())
            .Log("rows");

        var run = DirectHarness.Query(rows).Async().ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(Sys.Materializer());

        Assert.Equal(3, (await run.Completion.WaitAsync(Patience)).Released);
    }

    [Fact]
    public async Task Flows_of_steps_are_composed_apart_and_queries_hang_on_branches()
    {
        var rows = Flow.Create<string>().InBatches(_harness.Pipeline()).ParseJsonLines(DirectHarness.Map).Tokenize().Sample("user", 1);
        var branch = AkkaPrivacy.Engine.Graphs.Flow.Of<TokenizedRows>().Bound(new Bound { Subject = "user", Bounds = new() { RowsPerGroup = 60 } });
        var count = AkkaPrivacy.Operators.Noise.NoiseExtensions.LaplaceNoise(
            AkkaPrivacy.Operators.Window.WindowExtensions.Count(AkkaPrivacy.Operators.Window.WindowExtensions.TumblingWindow(branch, TimeSpan.FromDays(1)), "views"), 1).To(AkkaPrivacy.Engine.Graphs.Sink.Store());

        var run = Source.From(DirectHarness.Endless().Take(120).Select(line => line.Text)).Via(rows).AlsoTo(count)
            .ToMaterialized(ReleaseSinks.Ignore(), Keep.Right).Run(Sys.Materializer());

        Assert.Equal(1, (await run.Completion.WaitAsync(Patience)).Released);
        Assert.Equal("views", Assert.Single(await _harness.StoredAsync()).Id.Query);
    }

    [Fact]
    public async Task Flows_of_the_product_are_steps_as_well()
    {
        var bounded = AkkaPrivacy.Operators.Bound.BoundExtensions.Bound(AkkaPrivacy.Engine.Graphs.Flow.Of<TokenizedRows>(), new Bound { Subject = "user", Bounds = new() { Windows = 24 } });
        var windows = AkkaPrivacy.Operators.Window.WindowExtensions.TumblingWindow(bounded, TimeSpan.FromHours(1));

        var run = _harness.Tokens(DirectHarness.Hours(3)).Via(AkkaPrivacy.Engine.Graphs.Flow.Of<TokenizedRows>()).Via(windows).DistinctSubjects("visitors").LaplaceNoise(1)
            .ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(Sys.Materializer());

        Assert.Equal(3, (await run.Completion.WaitAsync(Patience)).Released);
    }

    [Fact]
    public async Task Mistakes_in_the_graph_are_listed_and_nothing_is_read()
    {
        var read = 0;
        var rows = _harness.Tokens(DirectHarness.Hours(1).Select(line =>
        {
            read++;
            return line;
        }));

        var run = rows.Bound(new Bound { Subject = "nobody" }).TumblingWindow(TimeSpan.FromMinutes(7)).Count("views").LaplaceNoise(-1)
            .ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(Sys.Materializer());
        var mistakes = await Assert.ThrowsAsync<PlanException>(() => run.Completion.WaitAsync(Patience));

        Assert.Equal(3, mistakes.Errors.Count);
        Assert.Equal(0, read);
    }

    [Fact]
    public async Task The_kill_switch_drains_and_the_next_run_goes_on_there()
    {
        var reading = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var run = _harness.Visitors(Watched(DirectHarness.Endless(), reading, cancelled)).ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(Sys.Materializer());
        await reading.Task.WaitAsync(Patience);

        run.KillSwitch.Shutdown();
        var first = await run.Completion.WaitAsync(Patience);
        await cancelled.Task.WaitAsync(Patience);
        var opened = -1L;
        var again = DirectHarness.Query(DirectSource.From(_harness.Pipeline(), offset =>
            {
                opened = offset;
                return Source.From(DirectHarness.Endless().Skip((int)offset).Take(600));
            }).ParseJsonLines(DirectHarness.Map).Tokenize())
            .ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(Sys.Materializer());
        var second = await again.Completion.WaitAsync(Patience);

        Assert.True(first.Interrupted);
        Assert.Equal(first.RowsRead, opened);
        Assert.Equal(600, second.RowsRead);
        var windows = (await _harness.StoredAsync()).Select(release => release.Id.Window.StartMs).Order().ToList();
        Assert.Equal(Enumerable.Range(0, windows.Count).Select(hour => windows[0] + (hour * 3_600_000L)), windows);
        Assert.Equal((first.RowsRead + 600 + 59) / 60, windows.Count);
    }

    [Fact]
    public async Task An_abort_does_not_wait_for_the_sink()
    {
        var offered = new TaskCompletionSource();
        var never = Flow.Create<Release>().SelectAsync(1, _ =>
        {
            offered.TrySetResult();
            return new TaskCompletionSource<int>().Task;
        });
        var (run, _) = _harness.Visitors(Source.From(DirectHarness.Endless())).ToMaterialized(ReleaseSinks.Via(never), Keep.Right).Run(Sys.Materializer());
        await offered.Task.WaitAsync(Patience);

        run.KillSwitch.Abort(new InvalidOperationException("a reason"));

        await Assert.ThrowsAsync<PipelineException>(() => run.Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_quiet_source_closes_windows_by_the_clock()
    {
        var clock = new StoppedClock();
        var harness = new DirectHarness { Clock = clock, Arrival = ArrivalMode.Ingest };
        var time = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // One row alone does not tell the runtime when the input begins; a batch does.
        var lines = Enumerable.Range(0, 20).Select(user => new InputLine(user, $$"""{"time":{{time}},"user":"user-{{user}}@example.org"}"""));
        var (run, first) = harness.Visitors(Source.From(lines).Concat(Source.Maybe<InputLine>().MapMaterializedValue(_ => Akka.NotUsed.Instance)))
            .ToMaterialized(ReleaseSinks.To(Sink.ForEach<Release>(_ => { })), Keep.Right).Run(Sys.Materializer());

        // The clock stands still while the line is on its way.
        await UntilAsync(() => run.Topology().Stages.Any(stage => stage.Name.StartsWith("window", StringComparison.Ordinal) && stage.RowsIn == 20), run);
        clock.Advance(TimeSpan.FromHours(2));
        await UntilAsync(() => run.Topology().FiredUpTo is not null, run);
        run.KillSwitch.Shutdown();
        var summary = await run.Completion.WaitAsync(Patience);
        await first.WaitAsync(Patience);

        Assert.True(summary.Interrupted);
        Assert.Equal(1, (await harness.StoredAsync()).Count(release => release.Id.Window.StartMs == time));
    }

    [Fact]
    public async Task The_run_fails_when_the_actor_system_ends()
    {
        var reading = new TaskCompletionSource();
        var run = _harness.Visitors(Watched(DirectHarness.Endless(), reading, new())).ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(Sys.Materializer());
        await reading.Task.WaitAsync(Patience);

        await Sys.Terminate();

        await Assert.ThrowsAsync<PipelineException>(() => run.Completion.WaitAsync(Patience));
    }

    private static Source<InputLine, Akka.NotUsed> Watched(IEnumerable<InputLine> lines, TaskCompletionSource reading, TaskCompletionSource cancelled) =>
        Source.From(lines)
            .Select(line =>
            {
                if (line.Offset == 5000)
                {
                    reading.TrySetResult();
                }

                return line;
            })
            .WatchTermination((value, end) =>
            {
                end.ContinueWith(_ => cancelled.TrySetResult(), TaskScheduler.Default);
                return value;
            });

    private static async Task UntilAsync(Func<bool> condition, DirectRun run)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"{run.Topology()} {string.Join(' ', run.Topology().Stages)}");
            }

            await Task.Yield();
        }
    }
}
