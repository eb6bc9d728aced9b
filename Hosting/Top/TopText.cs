using System.Globalization;
using AkkaPrivacy.Hosting.Commands;

namespace AkkaPrivacy.Hosting.Top;

/// <summary>A frame as lines of plain text.</summary>
internal static class TopText
{
    /// <summary>Writes a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="output">Where to.</param>
    public static void Write(TopFrame frame, TextWriter output)
    {
        var why = frame.Reason.Length > 0 ? $" since {Instant(frame.Since)} ({frame.Reason})" : string.Empty;
        output.WriteLine($"pipeline {frame.Pipeline}: {frame.State}{why}");
        output.WriteLine(Text($"read      {frame.RowsPerSecond:#,0} rows/s, {frame.BytesPerSecond / 1e6:0.0} MB/s, {frame.RowsRead:#,0} rows in all, {frame.DeadLetters:#,0} dead letters, {frame.Restarts} restarts"));
        output.WriteLine(frame.Latency is { } latency
            ? Text($"latency   p50 {latency.P50Ms:0.###} ms, p99 {latency.P99Ms:0.###} ms from reading to counted")
            : "latency   no row was counted lately");
        output.WriteLine($"frontier  {Instant(frame.Frontier)}{(frame.FrontierLagSeconds is { } lag ? Text($", {TimeSpan.FromSeconds(Math.Round(lag)):c} behind the clock") : string.Empty)}, windows fired up to {Instant(frame.FiredUpTo)}");
        output.WriteLine(Text($"releases  {frame.Released} made, {frame.Replayed} met again, {frame.Withheld} withheld{Budget(frame)}"));
        output.WriteLine();
        Stages(frame, output);
        if (frame.Queues.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"queues    {string.Join(", ", frame.Queues.Select(queue => $"{queue.Name} {queue.Depth}/{queue.Capacity}{(queue.Depth >= queue.Capacity ? " full" : string.Empty)}"))}");
        }

        if (frame.Sinks.Count > 0)
        {
            output.WriteLine($"sinks     {string.Join(", ", frame.Sinks.Select(sink => $"{sink.Name} {sink.State}"))}");
        }
    }

    private static void Stages(TopFrame frame, TextWriter output)
    {
        var table = new TextTable("stage", ">lanes", ">rows in/s", ">rows out/s", ">busy");
        foreach (var stage in frame.Stages)
        {
            table.Add(stage.Name, $"{stage.Lanes}", Text($"{stage.RowsInPerSecond:#,0}"), Text($"{stage.RowsOutPerSecond:#,0}"), Text($"{100 * stage.BusyShare:0.0} %"));
        }

        table.Write(output);
    }

    private static string Budget(TopFrame frame) => frame.Budget is { } budget
        ? Text($"; budget of '{budget.Account}' from {Instant(budget.PeriodStart.UtcDateTime)}: {(budget.Measure == "zeroconcentrated" ? "rho" : "epsilon")} {budget.Left:0.####} left, {budget.Spent:0.####} spent")
        : string.Empty;

    private static string Instant(DateTime? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "none";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
