using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaPrivacy.LoadTests.Measuring;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>What was measured, in order of the rounds; the first subject is the baseline.</summary>
/// <param name="Accounts">How many accounts, and questions under way at once.</param>
/// <param name="Results">A subject's samples.</param>
internal sealed record DebitReport(int Accounts, IReadOnlyList<(IDebitSubject Subject, IReadOnlyList<DebitSample> Samples)> Results)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes a table as plain text.</summary>
    /// <param name="output">Where to.</param>
    public void Write(TextWriter output)
    {
        output.WriteLine($"ledger-actors: durable debits of {Accounts} accounts, each asked for one at a time.");
        output.WriteLine($"{"contender",-20}{"debits/s",12}{"spread",10}{"p50 ms",10}{"p99 ms",10}{"x store",10}");
        foreach (var (subject, samples) in Results)
        {
            var all = DebitSample.Together(samples).Latencies;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{subject.Name,-20}{PerSecond(samples),12:N0}{Spread(samples),10:P0}{all.QuantileMs(0.5),10:F1}{all.QuantileMs(0.99),10:F1}{Ratio(samples),10:F2}"));
        }
    }

    /// <summary>The report as a JSON object.</summary>
    /// <returns>The text.</returns>
    public string ToJson() => new JsonObject
    {
        ["name"] = "ledger-actors",
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["cores"] = Environment.ProcessorCount,
        ["accounts"] = Accounts,
        ["rounds"] = Results[0].Samples.Count,
        ["results"] = new JsonArray([.. Results.Select(result => ToJson(result.Subject, result.Samples))]),
    }.ToJsonString(Indented);

    private JsonNode ToJson(IDebitSubject subject, IReadOnlyList<DebitSample> samples)
    {
        var all = DebitSample.Together(samples).Latencies;
        return new JsonObject
        {
            ["name"] = subject.Name,
            ["what"] = subject.What,
            ["debits"] = all.Count,
            ["debits_per_second"] = Math.Round(PerSecond(samples), 1),
            ["spread"] = Math.Round(Spread(samples), 3),
            ["p50_ms"] = Math.Round(all.QuantileMs(0.5), 2),
            ["p99_ms"] = Math.Round(all.QuantileMs(0.99), 2),
            ["ratio_to_store"] = Math.Round(Ratio(samples), 3),
        };
    }

    private static double PerSecond(IReadOnlyList<DebitSample> samples) => Median.Of(samples.Select(sample => sample.PerSecond));

    private static double Spread(IReadOnlyList<DebitSample> samples) =>
        (samples.Max(sample => sample.PerSecond) - samples.Min(sample => sample.PerSecond)) / PerSecond(samples);

    private double Ratio(IReadOnlyList<DebitSample> samples) =>
        Median.Of(samples.Select((sample, round) => sample.PerSecond / Results[0].Samples[round].PerSecond));
}
