using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Tests.Engine.Runtime;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.SideOutputs;

public sealed class SideOutputTests
{
    private readonly RuntimeFixture _fixture = new();
    private readonly List<DeadLetter> _told = [];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Every_reason_goes_to_its_output_with_place_window_and_source(int lanes)
    {
        var settings = RuntimeFixture.Settings() with { Lanes = lanes, TimeRange = new TimeWindow(RuntimeFixture.Start, RuntimeFixture.Start + 7_200_000) };
        var graph = Source.FromLines(() => new MemoryLineSource("m", Encoding.UTF8.GetBytes(Lines()))).ParseJsonLines(Planning.Graphs.Map()).Tokenize()
            .Map(Map.Consent("consent", row => !row.GetText("page").SequenceEqual("/private"u8)))
            .Dedup("user", "bytes", TimeSpan.FromHours(1))
            .Via(RuntimeFixture.Query())
            .ToMaterialized(Sink.Store(), Keep.Right)
            .WithSideOutput(SideOutputReasons.All, new Listing(_told));
        var run = await _fixture.RunAsync(graph, settings);

        Assert.Equal(
            [(DeadLetterReason.Malformed, 1L), (DeadLetterReason.TimeOutOfRange, 2), (DeadLetterReason.Duplicate, 5), (DeadLetterReason.DroppedByConsent, 4)],
            _told.Select(letter => (letter.Reason, letter.Position)).OrderBy(pair => pair.Reason));
        Assert.All(_told, letter => Assert.Equal(("m", string.Empty, 1L, 0), (letter.Source, letter.Identity, letter.Run, letter.Partition)));
        Assert.Equal(TimeWindow.Containing(RuntimeFixture.Start - 1, 3_600_000), _told.Single(letter => letter.Reason == DeadLetterReason.TimeOutOfRange).Window);
        Assert.Equal(_told.Count, run.DeadLetters.Values.Sum());
        Assert.Equal(_told.Select(letter => letter with { Source = null, Identity = null, Run = 0 }).OrderBy(letter => letter.Position), run.DeadLetterSamples.OrderBy(letter => letter.Position));
    }

    [Fact]
    public async Task Rows_of_windows_that_have_fired_are_told_with_their_query_and_window()
    {
        await _fixture.RunAsync(RuntimeFixture.Graph());
        var late = Source.FromLines(() => new MemoryLineSource("m", Encoding.UTF8.GetBytes(Whole() + Row(RuntimeFixture.Start + 3_600_000, "u1", "/a", 1))));
        var graph = late.ParseJsonLines(Planning.Graphs.Map()).Tokenize().Via(RuntimeFixture.Query()).ToMaterialized(Sink.Store(), Keep.Right)
            .WithSideOutput(DeadLetterReason.AfterFiring, _told.Add);
        await _fixture.RunAsync(graph);
        var letter = Assert.Single(_told);
        Assert.Equal(("users", RuntimeFixture.Rows + 1, 2), (letter.Query, letter.Position, letter.Run));
        Assert.Equal(TimeWindow.Containing(RuntimeFixture.Start + 3_600_000, 3_600_000), letter.Window);
    }

    [Fact]
    public async Task Places_are_flushed_before_the_state_that_follows_from_them_is_stored()
    {
        var listing = new Listing(_told);
        var run = await _fixture.RunAsync(RuntimeFixture.Graph().WithSideOutput(DeadLetterReason.Late, listing));
        Assert.Equal(4, run.Released);
        Assert.True(listing.Flushes > 0);
    }

    [Fact]
    public async Task An_output_that_fails_stops_the_run_before_its_state_is_stored()
    {
        var failing = new Listing(_told) { Failure = new InvalidOperationException("full") };
        await Assert.ThrowsAsync<InvalidOperationException>(() => _fixture.RunAsync(RuntimeFixture.Graph().WithSideOutput(DeadLetterReason.Late, failing)));
        Assert.Equal(4, (await _fixture.RunAsync(RuntimeFixture.Graph())).Released);
    }

    [Fact]
    public void An_output_takes_at_least_one_reason_and_changes_no_hash()
    {
        Assert.Throws<ArgumentException>(() => RuntimeFixture.Graph().WithSideOutput([], new Listing(_told)));
        var graph = RuntimeFixture.Graph().WithSettings(RuntimeFixture.Settings());
        Assert.Equal(
            AkkaPrivacy.Engine.Planning.PipelinePlanner.Plan(graph.Graph).Hash,
            AkkaPrivacy.Engine.Planning.PipelinePlanner.Plan(graph.WithSideOutput(DeadLetterReason.Late, _ => { }).Graph).Hash);
    }

    private static string Lines() => string.Concat(
        "no json\n",
        Row(RuntimeFixture.Start - 1, "u1", "/a", 1),
        Row(RuntimeFixture.Start, "u1", "/a", 1),
        Row(RuntimeFixture.Start, "u2", "/private", 1),
        Row(RuntimeFixture.Start + 5, "u1", "/a", 1),
        Row(RuntimeFixture.Start + 9, "u1", "/a", 2));

    private static string Whole() => string.Concat(Enumerable.Range(0, RuntimeFixture.Rows).Select(i => string.Create(
        CultureInfo.InvariantCulture, $$"""{"time":{{RuntimeFixture.Start + (i * 360_000)}},"user":"u{{i % 10}}","page":"/a","bytes":1}""") + "\n"));

    private static string Row(long time, string user, string page, int bytes) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"time":{{time}},"user":"{{user}}","page":"{{page}}","bytes":{{bytes}}}""") + "\n";

    private sealed class Listing(List<DeadLetter> told) : ISideOutput
    {
        public Exception? Failure { get; init; }

        public int Flushes { get; private set; }

        public void Add(in DeadLetter letter)
        {
            lock (told)
            {
                told.Add(letter);
            }
        }

        public void Flush()
        {
            Flushes++;
            if (Failure is not null)
            {
                throw Failure;
            }
        }
    }
}
