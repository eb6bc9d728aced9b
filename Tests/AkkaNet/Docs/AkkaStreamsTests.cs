using System.Text;
using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Tests.Docs;
using AkkaPrivacy.Tests.Docs.Examples;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Docs;

/// <summary>Runs the examples of the guide to Akka.Streams.</summary>
public sealed class AkkaStreamsTests() : ActorTestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly MemoryStore _store = new();
    private readonly InMemoryKeyRing _keys = new();
    private readonly List<string> _lines = [.. Encoding.UTF8.GetString(Visits.Lines(400, ("10:05", "/", 7), ("10:10", "/prices", 1), ("12:00", "/", 1)).Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    [Fact]
    public async Task Lines_of_any_source_become_releases_in_any_sink()
    {
        var shown = new List<Release>();

        var (run, end) = AkkaStreams.Run(Pipeline(), FirstPipeline.Map(), Source.From(_lines), shown.Add, Sys);
        var summary = await run.Completion.WaitAsync(Patience);
        await end.WaitAsync(Patience);

        Assert.Equal((3, 3600), (summary.Released, summary.RowsRead));
        Assert.InRange(shown[0].Groups[0].Value, 1200 - 180, 1200 + 180);
        Assert.Equal(shown.Select(release => release.Id), (await FirstPipeline.ReadAsync(_store)).Select(release => release.Id));
    }

    [Fact]
    public async Task Releases_equal_those_of_the_embedded_runtime()
    {
        var embedded = await FirstPipeline.RunAsync(FirstPipeline.Runtime(_store, _keys), FirstPipeline.Map(), FirstPipeline.Settings(), Encoding.UTF8.GetBytes(string.Join('\n', _lines)));

        var (run, _) = AkkaStreams.Run(Pipeline(FirstPipeline.Settings() with { Resume = false }), FirstPipeline.Map(), Source.From(_lines), _ => { }, Sys);
        var summary = await run.Completion.WaitAsync(Patience);

        Assert.Equal(3, embedded.Released);
        Assert.Equal((0, 3), (summary.Released, summary.Replayed));
    }

    [Fact]
    public async Task A_stopped_run_goes_on_at_its_offset_and_confirms_what_was_written()
    {
        var written = new List<Release>();
        var reading = new TaskCompletionSource();
        var endless = Source.From(_lines).Concat(Source.Maybe<string>().MapMaterializedValue(_ => Akka.NotUsed.Instance)).Select((line) =>
        {
            reading.TrySetResult();
            return line;
        });
        var (first, _) = AkkaStreams.Run(Pipeline(), FirstPipeline.Map(), endless, written.Add, Sys);
        await reading.Task.WaitAsync(Patience);
        Assert.True((await AkkaStreams.StopAsync(first).WaitAsync(Patience)).Interrupted);

        var (run, _) = AkkaStreams.Numbered(Pipeline(), _lines).ParseJsonLines(FirstPipeline.Map()).Tokenize().Sample("user", 1)
            .Bound(new Bound { Subject = "user", GroupBy = ["page"], KnownKeys = [["/"], ["/prices"]], Bounds = new() { Groups = 2, RowsPerGroup = 3, Windows = 1 } })
            .TumblingWindow(TimeSpan.FromHours(1)).Count("views-per-page").LaplaceNoise(1)
            .ToMaterialized(AkkaStreams.Confirmed(release =>
            {
                written.Add(release);
                return Task.CompletedTask;
            }), Keep.Right)
            .Run(Sys.Materializer());
        var second = await run.Completion.WaitAsync(Patience);

        Assert.False(second.Interrupted);
        Assert.Equal(3, written.Select(release => release.Id).Distinct().Count());
    }

    private DirectPipeline Pipeline(AkkaPrivacy.Engine.Graphs.PipelineSettings? settings = null) => AkkaStreams.Pipeline(
        new EmbeddedRuntimeOptions { Store = _store, Ledger = new BudgetLedger(TimeProvider.System), Outbox = new OutboxReader(), Keys = _keys },
        settings ?? FirstPipeline.Settings());
}
