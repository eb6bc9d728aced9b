using System.Text.Json;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Metrics;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Top;
using AkkaPrivacy.Hosting.Topology;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Top;

public sealed class TopTests : IDisposable
{
    private static readonly TopologySnapshot Early = Snapshot(seconds: 10, rows: 1000, busy: 1);
    private static readonly TopologySnapshot Late = Snapshot(seconds: 12, rows: 5000, busy: 4) with
    {
        TakenAt = DateTimeOffset.UnixEpoch.AddHours(2),
        Latency = new LatencySnapshot(0.5, 8, 4000),
        Budget = new BudgetSnapshot("site/a", "pure", DateTimeOffset.UnixEpoch, 0.5, 1.5),
        Sinks = [new SinkSnapshot("table", "waiting")],
        Released = 3,
        Withheld = 1,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string Store => Path.Combine(_folder, "x.db");

    [Fact]
    public void Rates_are_those_of_the_interval_over_all_lanes()
    {
        var frame = TopFrame.Of(Early, Late);
        Assert.Equal((2, 2000, 3600), (frame.IntervalSeconds, frame.RowsPerSecond, frame.FrontierLagSeconds));
        Assert.Equal(new TopStage("parse-json", 2, 4000, 4000, 1), Assert.Single(frame.Stages));
        Assert.Equal(5000 / 12.0, TopFrame.Of(Late with { Uptime = TimeSpan.FromSeconds(20) }, Late).RowsPerSecond, 1);
        Assert.Equal(0, TopFrame.Of(Early with { RowsRead = 9000 }, Late).RowsPerSecond);
    }

    [Fact]
    public void A_frame_is_shown_as_plain_text()
    {
        var text = new StringWriter();
        TopText.Write(TopFrame.Of(Early, Late), text);
        Assert.Equal(
            """
            pipeline site: paused since 1970-01-01T00:00:00Z (maintenance)
            read      2,000 rows/s, 0.0 MB/s, 5,000 rows in all, 0 dead letters, 0 restarts
            latency   p50 0.5 ms, p99 8 ms from reading to counted
            frontier  1970-01-01T01:00:00Z, 01:00:00 behind the clock, windows fired up to none
            releases  3 made, 0 met again, 1 withheld; budget of 'site/a' from 1970-01-01T00:00:00Z: epsilon 1.5 left, 0.5 spent
            """.ReplaceLineEndings("\n"),
            string.Join('\n', text.ToString().ReplaceLineEndings("\n").Split('\n').Take(5)));
        Assert.Contains("parse-json      2      4,000       4,000  100.0 %", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("queues    rows/0 8/8 full", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("sinks     table waiting", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_shows_one_interval_as_json()
    {
        var asked = 0;
        await using var server = TopologyServer.Start(Store, () => asked++ == 0 ? Early : Late, budget: (_, _) => ValueTask.FromResult(Late.Budget));
        Assert.Equal(0, await CommandLine.RunAsync(["top", Store, "--once", "--json", "--interval", "0.1"], _output, _error));
        var frame = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(2000, frame.GetProperty("rows_per_second").GetDouble());
        Assert.Equal(8, frame.GetProperty("latency").GetProperty("p99_ms").GetDouble());
        Assert.Equal(1.5, frame.GetProperty("budget").GetProperty("left").GetDouble());
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Without_a_run_and_with_a_wrong_interval_it_says_so()
    {
        Assert.Equal(1, await CommandLine.RunAsync(["top", Store], _output, _error));
        Assert.Contains("No pipeline serves its topology", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await CommandLine.RunAsync(["top", Store, "--interval", "0"], _output, _error));
        Assert.Contains("0.1 to 3600", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Percentiles_of_latency_are_close_from_above_and_forget()
    {
        var clock = new MovedClock();
        var histogram = new LatencyHistogram(clock);
        Assert.Null(histogram.Snapshot());
        for (var i = 1; i <= 1000; i++)
        {
            histogram.Add(TimeSpan.FromMilliseconds(i), 1);
        }

        Assert.InRange(histogram.Snapshot()!.P50Ms, 500, 600);
        Assert.InRange(histogram.Snapshot()!.P99Ms, 990, 1190);
        clock.Ticks = TimeSpan.FromSeconds(15).Ticks;
        Assert.Equal(1000, histogram.Snapshot()!.Rows);
        clock.Ticks = TimeSpan.FromSeconds(40).Ticks;
        Assert.Null(histogram.Snapshot());
        histogram.Add(TimeSpan.Zero, 3);
        histogram.Add(TimeSpan.FromDays(3000), 1);
        Assert.InRange(histogram.Snapshot()!.P50Ms, 0, 0.001);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TopologySnapshot Snapshot(int seconds, long rows, double busy) => new(
        "site",
        "paused",
        TimeSpan.FromSeconds(seconds),
        rows,
        0,
        null,
        DateTimeOffset.UnixEpoch.AddHours(1),
        null,
        [new StageSnapshot("parse-json", 0, 1, rows, rows, busy, 1), new StageSnapshot("parse-json", 1, 1, rows, rows, busy, 1)],
        [new QueueSnapshot("rows/0", 8, 8)])
    {
        Reason = "maintenance",
        Since = DateTimeOffset.UnixEpoch,
    };

    private sealed class MovedClock : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
