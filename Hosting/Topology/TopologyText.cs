using System.Globalization;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary>A topology snapshot as lines of plain text.</summary>
internal static class TopologyText
{
    /// <summary>Writes head, stages and queues.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="output">Where to.</param>
    public static void Write(TopologySnapshot snapshot, TextWriter output)
    {
        output.WriteLine(Invariant($"pipeline {snapshot.Pipeline}: {State(snapshot)}, up {snapshot.Uptime.TotalSeconds:0.0} s, {snapshot.RowsRead:#,0} rows read{Progress(snapshot)}"));
        output.WriteLine($"arrival frontier {Instant(snapshot.Frontier)}, windows fired up to {Instant(snapshot.FiredUpTo)}");
        output.WriteLine();
        WriteStages(snapshot.Stages, output);
        WriteQueues(snapshot.Queues, output);
        WriteSinks(snapshot.Sinks, output);
    }

    private static void WriteStages(IReadOnlyList<StageSnapshot> stages, TextWriter output)
    {
        var width = Math.Max(5, stages.Select(stage => stage.Name.Length).DefaultIfEmpty().Max());
        output.WriteLine($"{"stage".PadRight(width)}  lane       rows in      rows out      rows/s   busy s");
        foreach (var stage in stages)
        {
            output.WriteLine(Invariant($"{stage.Name.PadRight(width)}  {stage.Lane,4}  {stage.RowsIn,12:#,0}  {stage.RowsOut,12:#,0}  {stage.RowsPerSecond,10:#,0}  {stage.BusySeconds,7:0.00}"));
        }
    }

    private static void WriteQueues(IReadOnlyList<QueueSnapshot> queues, TextWriter output)
    {
        if (queues.Count == 0)
        {
            return;
        }

        var width = Math.Max(5, queues.Max(queue => queue.Name.Length));
        output.WriteLine();
        output.WriteLine($"{"queue".PadRight(width)}  depth  capacity");
        foreach (var queue in queues)
        {
            output.WriteLine(Invariant($"{queue.Name.PadRight(width)}  {queue.Depth,5}  {queue.Capacity,8}{(queue.Depth >= queue.Capacity ? "  full" : "")}"));
        }
    }

    private static void WriteSinks(IReadOnlyList<SinkSnapshot> sinks, TextWriter output)
    {
        if (sinks.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"sinks: {string.Join(", ", sinks.Select(sink => $"{sink.Name} {sink.State}"))}");
        }
    }

    private static string State(TopologySnapshot snapshot) => snapshot.Reason.Length > 0
        ? $"{snapshot.State} since {Instant(snapshot.Since)} ({snapshot.Reason}){Restarts(snapshot)}"
        : $"{snapshot.State}{Restarts(snapshot)}";

    private static string Restarts(TopologySnapshot snapshot) => snapshot.Restarts > 0 ? Invariant($", {snapshot.Restarts} restarts") : string.Empty;

    private static string Progress(TopologySnapshot snapshot) =>
        snapshot.TotalBytes is > 0 and var total ? Invariant($", {100.0 * snapshot.BytesRead / total:0} % of the input") : "";

    private static string Instant(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "none";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
