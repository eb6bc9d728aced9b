using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaPrivacy.LoadTests.Compare.Ledger;

/// <summary>Writes results as a table or as one JSON object.</summary>
internal static class LedgerReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void WriteText(string job, IReadOnlyList<LedgerResult> results, TextWriter output)
    {
        output.WriteLine($"ledger: {job}");
        output.WriteLine($"{"contender",-14}{"store",-12}{"maximum/s",12}{"p50 ms",9}{"p99 ms",10}{"arrivals/s",12}{"answered/s",12}{"p50 ms",9}{"p99 ms",10}{"max ms",10}{"x one-by-one",14}{"verified",12}");
        foreach (var result in results)
        {
            var (closed, open) = (result.Maximum.Delays, result.Open.Delays);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Name,-14}{result.Store,-12}{result.Maximum.PerSecond,12:N0}{closed.QuantileMs(0.5),9:F2}{closed.QuantileMs(0.99),10:F2}{result.Rate,12:N0}{result.Open.PerSecond,12:N0}{open.QuantileMs(0.5),9:F2}{open.QuantileMs(0.99),10:F2}{open.MaxMs,10:F2}{Ratio(results, result),14:F1}{(result.Faults.Count == 0 ? result.Stored.ToString("N0", CultureInfo.InvariantCulture) : "FAULTS"),12}"));
        }

        foreach (var (result, fault) in results.SelectMany(result => result.Faults.Select(fault => (result, fault))))
        {
            output.WriteLine($"FAULT {result.Name} on {result.Store}: {fault}");
        }
    }

    public static string FormatJson(string job, IReadOnlyList<LedgerResult> results) => new JsonObject
    {
        ["name"] = "ledger",
        ["job"] = job,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["cores"] = Environment.ProcessorCount,
        ["results"] = new JsonArray([.. results.Select(result => Json(results, result))]),
    }.ToJsonString(Indented);

    private static JsonNode Json(IReadOnlyList<LedgerResult> results, LedgerResult result) => new JsonObject
    {
        ["name"] = result.Name,
        ["store"] = result.Store,
        ["max_per_second"] = Math.Round(result.Maximum.PerSecond),
        ["max_p50_ms"] = Rounded(result.Maximum.Delays.QuantileMs(0.5)),
        ["max_p99_ms"] = Rounded(result.Maximum.Delays.QuantileMs(0.99)),
        ["arrivals_per_second"] = Math.Round(result.Rate),
        ["answered_per_second"] = Math.Round(result.Open.PerSecond),
        ["p50_ms"] = Rounded(result.Open.Delays.QuantileMs(0.5)),
        ["p99_ms"] = Rounded(result.Open.Delays.QuantileMs(0.99)),
        ["p999_ms"] = Rounded(result.Open.Delays.QuantileMs(0.999)),
        ["max_ms"] = Rounded(result.Open.Delays.MaxMs),
        ["x_one_by_one"] = Rounded(Ratio(results, result)),
        ["releases_verified"] = result.Stored,
        ["faults"] = new JsonArray([.. result.Faults.Select(fault => JsonValue.Create(fault))]),
    };

    private static double Ratio(IReadOnlyList<LedgerResult> results, LedgerResult result) =>
        result.Maximum.PerSecond / results.First(other => other.Store == result.Store && other.Name == "one-by-one").Maximum.PerSecond;

    private static double Rounded(double value) => Math.Round(value, 3);
}
