using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>Writes results as a table with histograms, or as one JSON object.</summary>
internal static class LatencyReport
{
    private const int BarWidth = 40;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly double[] EdgesMs = [0, 0.5, 1, 2, 3, 5, 10, 20, 50, 100, 1000, double.PositiveInfinity];

    /// <summary>Writes the table and a histogram of each.</summary>
    /// <param name="job">What a row is and what is done with it.</param>
    /// <param name="results">The results.</param>
    /// <param name="output">Where to.</param>
    public static void WriteText(string job, IReadOnlyList<LatencyResult> results, TextWriter output)
    {
        output.WriteLine($"latency: {job}");
        output.WriteLine($"{"contender",-22}{"maximum/s",12}{"arrivals/s",12}{"p50 ms",9}{"p99 ms",10}{"p99.9 ms",10}{"max ms",10}{"uncounted",12}{"GCs",6}{"pauses ms",11}{"longest ms",12}");
        foreach (var result in results)
        {
            var delays = result.Delays;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Name,-22}{result.MaximumPerSecond,12:N0}{result.PerSecond,12:N0}{delays.QuantileMs(0.5),9:F2}{delays.QuantileMs(0.99),10:F2}{delays.QuantileMs(0.999),10:F2}{delays.MaxMs,10:F2}{result.Uncounted,12:N0}{result.Collections,6}{result.PauseMs,11:F2}{result.LongestPauseMs,12:F2}"));
        }

        foreach (var result in results)
        {
            output.WriteLine();
            output.WriteLine($"{result.Name}: share of rows by delay");
            Draw(result.Delays, output);
        }
    }

    /// <summary>The results as text.</summary>
    /// <param name="job">What a row is and what is done with it.</param>
    /// <param name="results">The results.</param>
    /// <returns>A JSON object, indented, without a line end.</returns>
    public static string FormatJson(string job, IReadOnlyList<LatencyResult> results) => new JsonObject
    {
        ["name"] = "latency",
        ["job"] = job,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["cores"] = Environment.ProcessorCount,
        ["results"] = new JsonArray([.. results.Select(Json)]),
        ["ratios"] = Ratios(results),
    }.ToJsonString(Indented);

    private static void Draw(DelayHistogram delays, TextWriter output)
    {
        for (var i = 1; i < EdgesMs.Length; i++)
        {
            var share = delays.Share(EdgesMs[i - 1], EdgesMs[i]);
            var label = double.IsInfinity(EdgesMs[i]) ? $"> {EdgesMs[i - 1]} ms" : $"<= {EdgesMs[i].ToString(CultureInfo.InvariantCulture)} ms";
            var bar = new string('#', (int)Math.Ceiling(share * BarWidth));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label,12} {100 * share,8:F3} % {bar}").TrimEnd());
        }
    }

    private static JsonNode Json(LatencyResult result) => new JsonObject
    {
        ["name"] = result.Name,
        ["max_per_second"] = result.MaximumPerSecond is { } maximum ? Math.Round(maximum) : null,
        ["arrivals_per_second"] = Math.Round(result.PerSecond),
        ["rows"] = result.Delays.Count,
        ["uncounted"] = result.Uncounted,
        ["p50_ms"] = Rounded(result.Delays.QuantileMs(0.5)),
        ["p99_ms"] = Rounded(result.Delays.QuantileMs(0.99)),
        ["p999_ms"] = Rounded(result.Delays.QuantileMs(0.999)),
        ["max_ms"] = Rounded(result.Delays.MaxMs),
        ["gc_count"] = result.Collections,
        ["gc_pause_ms"] = Rounded(result.PauseMs),
        ["gc_longest_pause_ms"] = Rounded(result.LongestPauseMs),
    };

    // How many times later a row of the others is counted than one of the first.
    private static JsonObject Ratios(IReadOnlyList<LatencyResult> results) => new(results.Skip(1).Select(other =>
        KeyValuePair.Create(other.Name, (JsonNode?)Rounded(other.Delays.QuantileMs(0.99) / Math.Max(0.001, results[0].Delays.QuantileMs(0.99))))));

    private static double Rounded(double value) => Math.Round(value, 3);
}
