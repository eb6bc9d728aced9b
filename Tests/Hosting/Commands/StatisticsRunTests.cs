using System.Globalization;
using System.Text;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

/// <summary>With next to no noise a run publishes the statistics that LINQ computes of the same rows.</summary>
public sealed class StatisticsRunTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public async Task Statistics_equal_the_oracle(string lanes)
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 4000).Select(i => (Visitor: $"v{random.Next(500)}", Page: $"p{random.Next(2)}", Bytes: random.Next(-20, 120))).ToArray();
        var input = new StringBuilder();
        foreach (var (row, i) in rows.Select((row, i) => (row, i)))
        {
            input.Append(CultureInfo.InvariantCulture, $"{{\"time\":\"2024-03-01T{i / 200:00}:00:00Z\",\"visitor\":\"{row.Visitor}\",\"page\":\"{row.Page}\",\"bytes\":{row.Bytes}}}\n");
        }

        var text = Pipelines.Sound
            .Replace("in.jsonl", _program.Write("in.jsonl", input.ToString()), StringComparison.Ordinal)
            .Replace("epsilon = 2,", "epsilon = 1e6,", StringComparison.Ordinal);
        const string Common = "field = bytes, window = 1d, group-by = [page], known-keys = [p0, p1, p9], bounds { groups = 2 }, noise { epsilon = 1e5 }";
        var chosen = Common.Replace("noise {", "noise { mechanism = top-keys,", StringComparison.Ordinal);
        text = text[..text.IndexOf("queries {", StringComparison.Ordinal)] + $$"""
              queries {
                m { aggregate = mean, clamp { lower = 50, upper = 300 }, {{Common}} }
                s { aggregate = variance, clamp { upper = 400 }, {{Common}} }
                h { aggregate = histogram, edges = [0, 100, 200], {{Common}} }
                q { aggregate = quantiles, clamp { upper = 1024 }, quantiles = [0.25, 0.9], {{Common}} }
                t { aggregate = sum, clamp { lower = -500, upper = 500 }, top = 1, {{Common}} }
                k { aggregate = sum, clamp { lower = -500, upper = 500 }, top = 3, {{chosen}} }
                v { aggregate = count, top = 1, {{chosen.Replace("field = bytes, ", "", StringComparison.Ordinal).Replace("epsilon = 1e5 }", "epsilon = 1e5, values { epsilon = 1e5 } }", StringComparison.Ordinal)}} }
              }
              store.path = "{{_program.PathOf("s.db")}}"
              keys.create = true
            }
            """;
        var result = await _program.RunAsync("run", _program.Write("s.conf", text), "--json", "--lanes", lanes);
        Assert.Equal((0, ""), (result.Code, result.Error));
        var values = result.Json().GetProperty("releases").EnumerateArray().ToDictionary(
            release => $"{release.GetProperty("query").GetString()} {string.Join(' ', release.GetProperty("group").EnumerateArray().Select(part => part.GetString()))}",
            release => release.GetProperty("value").GetDouble());

        foreach (var page in new[] { "p0", "p1" })
        {
            double[] totals = [.. rows.Where(row => row.Page == page).GroupBy(row => row.Visitor).Select(group => (double)group.Sum(row => row.Bytes))];
            double[] clamped = [.. totals.Select(x => Math.Clamp(x, 0, 400))];
            Assert.Equal(totals.Average(x => Math.Clamp(x, 50, 300)), values[$"m {page}"], 0.01);
            Assert.Equal(clamped.Average(x => x * x) - Math.Pow(clamped.Average(), 2), values[$"s {page}"], 1.0);
            Assert.Equal(totals.Count(x => x < 100), values[$"h {page} 0..100"]);
            Assert.Equal(totals.Count(x => x >= 100), values[$"h {page} 100..200"]);
            Assert.Equal(totals.Order().ElementAt(totals.Length / 4), values[$"q {page} 0.25"], 8.0);
            Assert.Equal(totals.Order().ElementAt(totals.Length * 9 / 10), values[$"q {page} 0.9"], 12.0);
        }

        var sums = rows.GroupBy(row => row.Page).ToDictionary(group => group.Key, group => group.GroupBy(row => row.Visitor).Sum(one => Math.Clamp(one.Sum(row => row.Bytes), -500, 500)));
        var top = Assert.Single(values, pair => pair.Key.StartsWith("t ", StringComparison.Ordinal));
        Assert.Equal($"t {sums.MaxBy(pair => pair.Value).Key}", top.Key);
        var order = sums.Append(KeyValuePair.Create("p9", 0)).OrderByDescending(pair => pair.Value).Select((pair, place) => ($"k {pair.Key}", place + 1.0));
        Assert.All(order, pair => Assert.Equal(pair.Item2, values[pair.Item1]));
        var most = rows.GroupBy(row => row.Page).ToDictionary(group => group.Key, group => group.Select(row => row.Visitor).Distinct().Count()).MaxBy(pair => pair.Value);
        Assert.Equal(most.Value, values[$"v {most.Key}"]);
        Assert.Equal(0, values["h p9 0..100"]);
        Assert.Equal((3 * 2) + (3 * 2) + (3 * 2) + 1 + 3 + 1, values.Count);
    }
}
