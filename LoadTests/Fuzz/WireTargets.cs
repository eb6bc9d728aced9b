using System.Text.Json;
using AkkaPrivacy.Connectors.SideOutputs;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Control;
using AkkaPrivacy.Hosting.Topology;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>What a run and its commands tell each other on sockets, and the places of rows that <c>replay</c> reads.</summary>
internal static class WireTargets
{
    private const string Place =
        """{"reason":"late","partition":0,"position":7,"field":"","query":null,"source":"a.log","identity":"10:ab","run":3}""";

    /// <summary>One for each kind of message.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("control", () => FuzzTargets.Texts("""{"command":"pause","reason":"maintenance \ud83d\ude00"}""", """{"command":"drain","reason":""}""", """{"command":"resume","reason":"\u0000"}"""),
            [.. FuzzTargets.JsonTokens, "pause", "stop", "\"command\":", "\"reason\":"], () => Control),
        new("topology", () => [TopologySample()], [.. FuzzTargets.JsonTokens, "1e300", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00+14:00\"", "[null]"], () => ReadTopology),
        new("side-output", () => FuzzTargets.Texts(Place + "\n" + Place.Replace("late", "wrong_type", StringComparison.Ordinal) + "\n", """{"left_off":{"late":3,"early":9223372036854775807}}"""),
            [.. FuzzTargets.JsonTokens, "\"left_off\":", "\"run\":", "9223372036854775807"], SideOutput),
    ];

    // Written by the product itself, so that names are those that it reads.
    private static byte[] TopologySample() => TopologyJson.ToUtf8(new TopologySnapshot(
        "site", "paused", TimeSpan.FromSeconds(12.5), 10, 100, null, DateTimeOffset.UnixEpoch, null,
        [new StageSnapshot("parse", 0, 1, 10, 9, 0.5, 20)], [new QueueSnapshot("lane", 1, 8)])
    {
        Reason = "maintenance",
        Since = DateTimeOffset.UnixEpoch,
        Sinks = [new SinkSnapshot("console", "idle")],
    });

    private static bool Control(byte[] input)
    {
        var run = new StandingRun();
        try
        {
            var reply = ControlWire.CarryOutAsync(input, new RunControl(run), default).GetAwaiter().GetResult();
            ReadTopology(TopologyJson.ToUtf8(run.Topology()));
            return reply.Done;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool ReadTopology(byte[] input)
    {
        TopologySnapshot snapshot;
        try
        {
            snapshot = TopologyJson.Read(input);
        }
        catch (JsonException)
        {
            return false;
        }

        TopologyText.Write(snapshot, TextWriter.Null);
        var text = TopologyJson.ToUtf8(snapshot);
        return TopologyJson.ToUtf8(TopologyJson.Read(text)).AsSpan().SequenceEqual(text) ? true : throw new FuzzMismatchException("a topology changes when it is written and read");
    }

    private static Func<byte[], bool> SideOutput()
    {
        var path = Path.Combine(FuzzFolder.New(), "places.jsonl");
        return input =>
        {
            File.WriteAllBytes(path, input);
            return SideOutputReader.Read(path) is { Unreadable: 0 };
        };
    }

    private sealed class StandingRun : IPipelineRun, IKillSwitch
    {
        private string _reason = "";

        public IKillSwitch KillSwitch => this;

        public Task<RunSummary> Completion { get; } = new TaskCompletionSource<RunSummary>().Task;

        public void Pause(string reason = "") => _reason = reason;

        public void Resume() => _reason = "";

        public void Shutdown() => _reason = "drained";

        public void Abort(Exception cause) => _reason = cause.Message;

        public TopologySnapshot Topology() => new("site", "paused", TimeSpan.Zero, 0, 0, null, null, null, [], []) { Reason = _reason };
    }
}
