using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Replays;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime.Replays;

/// <summary>Ten rows an hour, of which a broken stage leaves out those of user 3. The fix is another build of the stage.</summary>
public sealed class ReplayTests
{
    private readonly RuntimeFixture _fixture = new();
    private readonly List<DeadLetter> _letters = [];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Rows_are_counted_in_open_windows_once_and_released_windows_stay(int lanes)
    {
        await StopAsync(rows: 25, lanes: lanes);
        Assert.Equal([3, 13, 23], _letters.Select(letter => letter.Position - 1).Order());
        var first = await ReplayAsync();
        var second = await ReplayAsync();

        // Hours 0 and 1 have fired, hour 2 is open.
        Assert.Equal((3L, 3L), (first.Places, first.RowsRead));
        Assert.Equal(2, first.LeftOut[DeadLetterReason.AfterFiring]);
        Assert.Empty(first.Refused);
        Assert.Equal((1, 2), (second.Refused[ReplayRefusal.AlreadyReplayed], second.LeftOut[DeadLetterReason.AfterFiring]));

        await RunAsync(RuntimeFixture.Rows, isFixed: true);
        Assert.Equal([(0, 9), (1, 9), (2, 10), (3, 10)], _fixture.Truth.Order());
    }

    [Theory]
    [InlineData(2, 2, 2)]
    [InlineData(20, 6, 10)]
    public async Task Bounds_hold_across_rows_that_were_read_and_rows_that_are_read_again(int bound, int firstHour, int secondHour)
    {
        // All rows are of user 3; every third is left out at first. The second hour is open when they are replayed.
        await StopAsync(rows: 18, user: "u3", rowsPerGroup: bound, fails: line => line % 3 == 0);
        await ReplayAsync(user: "u3", rowsPerGroup: bound);
        await RunAsync(20, isFixed: true, user: "u3", rowsPerGroup: bound);
        Assert.Equal([(0, firstHour), (1, secondHour)], _fixture.Contributed.Order());
    }

    [Fact]
    public async Task What_is_left_out_again_may_be_replayed_after_a_further_fix()
    {
        await StopAsync(rows: 25);
        var unfixed = await ReplayAsync(isFixed: false);
        Assert.Equal(3, unfixed.LeftOut[DeadLetterReason.StageError]);
        var fixedNow = await ReplayAsync();
        Assert.Equal(3, fixedNow.RowsRead);
        await RunAsync(RuntimeFixture.Rows, isFixed: true);
        Assert.Equal(10, _fixture.Truth.Single(hour => hour.Hour == 2).Users);
    }

    [Fact]
    public async Task Rows_that_a_later_run_has_read_again_are_not_counted_twice()
    {
        await StopAsync(rows: 12);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(25, isFixed: false, full: new InvalidOperationException("full")));
        Assert.Equal([4, 14, 24], _letters.Select(letter => letter.Position).Order());

        // Before the next run, and after it, which reads them again.
        Assert.Equal(2, (await ReplayAsync(isFixed: false)).Refused[ReplayRefusal.ReadAgain]);
        await RunAsync(25, isFixed: true, stop: true);
        var replay = await ReplayAsync();
        Assert.Equal((2, 1), (replay.Refused[ReplayRefusal.ReadAgain], replay.RowsRead));
        await RunAsync(RuntimeFixture.Rows, isFixed: true);
        Assert.Equal([(0, 9), (1, 10), (2, 10), (3, 10)], _fixture.Truth.Order());
    }

    [Fact]
    public async Task A_state_that_was_begun_anew_refuses_places_of_the_one_before()
    {
        await StopAsync(rows: 25);
        await RunAsync(25, isFixed: true, stop: true, resume: false);
        var replay = await ReplayAsync();
        Assert.Equal((0, 3), (replay.RowsRead, replay.Refused[ReplayRefusal.UnknownRun]));
    }

    [Fact]
    public async Task Another_plan_has_no_state_and_the_moment_of_reading_cannot_be_repeated()
    {
        await StopAsync(rows: 25);
        var other = await Assert.ThrowsAsync<PipelineException>(() => ReplayAsync(rowsPerGroup: 7));
        Assert.Contains("that is new state", other.Message, StringComparison.Ordinal);
        var ingest = await Assert.ThrowsAsync<PipelineException>(() => ReplayAsync(arrival: ArrivalMode.Ingest));
        Assert.Contains("moment of reading", ingest.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Places_without_a_source_beyond_the_end_or_of_one_query_among_others_are_refused()
    {
        await StopAsync(rows: 25, twoQueries: true);
        var mine = _letters[0];
        _letters.Clear();
        _letters.Add(mine with { Source = null });
        _letters.Add(mine with { Query = "users" });
        _letters.Add(mine with { Position = 100 });
        var replay = await ReplayAsync(twoQueries: true);
        Assert.Equal(
            [(ReplayRefusal.NoSource, 1L), (ReplayRefusal.OtherQueries, 1), (ReplayRefusal.ReadAgain, 1)],
            replay.Refused.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal(0, replay.RowsRead);
    }

    [Fact]
    public async Task A_source_with_other_content_is_refused()
    {
        await StopAsync(rows: 25);
        var failure = await Assert.ThrowsAsync<PipelineException>(() => ReplayAsync(name: "other"));
        Assert.Contains("cannot be read again as it was", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await ReplayAsync()).RowsRead);
    }

    private async Task StopAsync(int rows, int lanes = 1, string? user = null, int rowsPerGroup = 1, Func<int, bool>? fails = null, bool twoQueries = false) =>
        Assert.True((await RunAsync(rows, isFixed: false, lanes: lanes, user: user, rowsPerGroup: rowsPerGroup, fails: fails, stop: true, twoQueries: twoQueries)).Interrupted);

    private Task<ReplaySummary> ReplayAsync(
        bool isFixed = true, string? user = null, int rowsPerGroup = 1, ArrivalMode? arrival = null, bool twoQueries = false, string name = "m")
    {
        var source = new MemoryLineSource(name, Encoding.UTF8.GetBytes(Lines(RuntimeFixture.Rows, user)));
        var graph = Graph(() => source, isFixed ? _ => false : Broken, rowsPerGroup, twoQueries)
            .WithSettings(RuntimeFixture.Settings() with { Arrival = arrival });
        return _fixture.Runtime.ReplayAsync(PipelinePlanner.Plan(graph.Graph), _letters);
    }

    private async Task<RunSummary> RunAsync(
        int rows, bool isFixed, int lanes = 1, string? user = null, int rowsPerGroup = 1, Func<int, bool>? fails = null, bool stop = false, bool resume = true, bool twoQueries = false, Exception? full = null)
    {
        // The source may be at its end before the run is known here.
        var started = new TaskCompletionSource<IPipelineRun>();
        var source = new StoppingSource(
            new MemoryLineSource("m", Encoding.UTF8.GetBytes(Lines(rows, user))), atEnd: !stop ? null : async () => (await started.Task).KillSwitch.Shutdown());
        var graph = Graph(() => source, isFixed ? _ => false : fails ?? Broken, rowsPerGroup, twoQueries)
            .WithSettings(RuntimeFixture.Settings() with { Lanes = lanes, Resume = resume })
            .WithSideOutput(SideOutputReasons.Faults, new Listing(_letters) { Failure = full });
        var run = _fixture.Runtime.Materialize(graph.Graph);
        started.SetResult(run);
        return await run.Completion;
    }

    private static bool Broken(int line) => line % 10 == 3;

    private static RunnableGraph<Task<RunSummary>> Graph(Func<IEventSource> open, Func<int, bool> fails, int rowsPerGroup, bool twoQueries)
    {
        var rows = Source.FromLines(open).ParseJsonLines(Planning.Graphs.Map()).Tokenize()
            .Map(Map.Filter("stage", row => fails((int)(row.GetInt64("bytes") / 100)) ? throw new InvalidOperationException() : true));
        if (twoQueries)
        {
            rows = rows.AlsoTo(Query("more", 3).To(Sink.Store()));
        }

        return rows.Via(Query("users", rowsPerGroup)).ToMaterialized(Sink.Store(), Keep.Right);
    }

    private static Flow<TokenizedRows, ReleasedValues, NotUsed> Query(string name, int rowsPerGroup) => Flow.Of<TokenizedRows>()
        .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = 24, RowsPerGroup = rowsPerGroup } })
        .TumblingWindow(TimeSpan.FromHours(1))
        .Count(name)
        .LaplaceNoise(1);

    private static string Lines(int rows, string? user) => string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(
        CultureInfo.InvariantCulture, $$"""{"time":{{RuntimeFixture.Start + (i * 360_000)}},"user":"{{user ?? $"u{i % 10}"}}","page":"/a","bytes":{{i}}}""") + "\n"));

    /// <summary>Calls back at the end of its content, where its run is to be stopped before the input ends.</summary>
    private sealed class StoppingSource(MemoryLineSource inner, Func<Task>? atEnd) : IEventSource
    {
        private bool _isAtEnd;

        public string Name => inner.Name;

        public RowSchema Schema => inner.Schema;

        public long? TotalBytes => inner.TotalBytes;

        public long BytesRead => inner.BytesRead;

        public int Partitions => inner.Partitions;

        public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => inner.OpenAsync(context, cancellationToken);

        public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
        {
            if (_isAtEnd)
            {
                await atEnd!();
                return SourceRead.Idle;
            }

            // An idle read lets lanes catch up, and what is due fires.
            var read = await inner.ReadAsync(batch, cancellationToken);
            _isAtEnd = read == SourceRead.PartitionEnd && atEnd is not null;
            return _isAtEnd ? SourceRead.Idle : read;
        }

        public SourcePosition? PartitionAt(int partition) => inner.PartitionAt(partition);

        public IReadOnlyList<SourcePosition> Positions() => inner.Positions();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Listing(List<DeadLetter> told) : ISideOutput
    {
        public void Add(in DeadLetter letter)
        {
            lock (told)
            {
                told.Add(letter);
            }
        }

        public Exception? Failure { get; init; }

        public void Flush()
        {
            if (Failure is not null)
            {
                throw Failure;
            }
        }
    }
}
