using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>Writes a report as one JSON object.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The report as text.</summary>
    /// <param name="report">The report.</param>
    /// <returns>A JSON object, indented, without a line end.</returns>
    public static string Format(ComparisonReport report) => new JsonObject
    {
        ["name"] = report.Name,
        ["job"] = report.Job,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["cores"] = Environment.ProcessorCount,
        ["rounds"] = Rounds.Count,
        ["results"] = new JsonArray([.. report.Results.Select(result => Result(report, result))]),
        ["ratios"] = Ratios(report.Ratios()),
    }.ToJsonString(Indented);

    private static JsonNode Result(ComparisonReport report, ContenderResult result)
    {
        JsonObject json = Figures(report, result);
        foreach ((string name, double value) in result.Contender.Figures)
        {
            json[name] = Math.Round(value, 3);
        }

        if (result.Contender.RandomBytesPerEvent() is { } random)
        {
            json["random_bytes_per_event"] = Math.Round(random, 3);
        }

        return json;
    }

    private static JsonObject Figures(ComparisonReport report, ContenderResult result) => new()
    {
        ["name"] = result.Contender.Name,
        ["role"] = result.Contender.Role.ToString().ToLowerInvariant(),
        ["per_second"] = Math.Round(result.PerSecond),
        ["per_second_slowest"] = Math.Round(result.Slowest),
        ["per_second_fastest"] = Math.Round(result.Fastest),
        ["per_cpu_second"] = Math.Round(result.PerProcessorSecond),
        ["bytes_per_event"] = Math.Round(result.BytesPerEvent, 3),
        ["bytes_per_event_with_start"] = Math.Round(result.BytesPerEventOfPass, 3),
        ["peak_memory_bytes"] = result.PeakMemoryBytes,
        ["ratios"] = Ratios(report.RatiosOf(result)),
    };

    private static JsonObject Ratios(IReadOnlyList<(string Baseline, double Ratio)> ratios) =>
        new(ratios.Select(pair => KeyValuePair.Create(pair.Baseline, (JsonNode?)Math.Round(pair.Ratio, 3))));
}
