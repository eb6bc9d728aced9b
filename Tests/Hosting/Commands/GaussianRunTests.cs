using System.Globalization;
using System.Text;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

/// <summary>A run with an account in rho, from the configuration to releases, receipts and the report.</summary>
public sealed class GaussianRunTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_run_in_rho_charges_rho_and_states_its_epsilon()
    {
        var input = new StringBuilder();
        for (var i = 0; i < 2000; i++)
        {
            input.Append(CultureInfo.InvariantCulture, $"{{\"time\":\"2024-03-01T{i / 100:00}:00:00Z\",\"visitor\":\"v{i % 400}\",\"page\":\"p\",\"bytes\":10}}\n");
        }

        var text = Pipelines.Sound
            .Replace("in.jsonl", _program.Write("in.jsonl", input.ToString()), StringComparison.Ordinal)
            .Replace("epsilon = 2,", "rho = 0.5,", StringComparison.Ordinal)
            .Replace("key-selection { epsilon = 0.5, delta = 1e-6 }", "key-selection { mechanism = gaussian-threshold, rho = 0.1, delta = 1e-6 }", StringComparison.Ordinal)
            .Replace("window = 1d, noise { epsilon = 0.25 }", "window = 1d, noise { mechanism = gaussian, rho = 0.1 }", StringComparison.Ordinal);
        var conf = _program.Write("g.conf", $"{text}\npipeline.store.path = \"{_program.PathOf("g.db")}\"\n");
        var result = await _program.RunAsync("run", conf, "--json");
        Assert.Equal((0, ""), (result.Code, result.Error));

        // visitors: two windows of epsilon 0.25; pages: 0.1 for its keys and 1/32 for its noise; volume: 0.1.
        var spent = Assert.Single(result.Json().GetProperty("spent").EnumerateArray());
        Assert.Equal((2 * 0.03125) + 0.1 + 0.03125 + 0.1, spent.GetProperty("rho").GetDouble(), 1e-9);
        Assert.Equal(2e-6, spent.GetProperty("delta").GetDouble(), 1e-12);
        Assert.InRange(spent.GetProperty("epsilon").GetDouble(), 3, 5);

        var releases = result.Json().GetProperty("releases").EnumerateArray().ToLookup(release => release.GetProperty("query").GetString());
        var volume = Assert.Single(releases["volume"]);
        Assert.InRange(volume.GetProperty("value").GetDouble(), 20_000 - 15_000, 20_000 + 15_000);
        Assert.Equal(1000 / Math.Sqrt(0.2), volume.GetProperty("standard_error").GetDouble(), 1e-6);
        Assert.Equal("p", Assert.Single(releases["pages"]).GetProperty("group")[0].GetString());

        var again = await _program.RunAsync("run", conf, "--json");
        Assert.Equal(result.Json().GetProperty("releases").GetRawText(), again.Json().GetProperty("releases").GetRawText());
        var plain = await _program.RunAsync("run", conf);
        Assert.Contains("rho spent", plain.Output, StringComparison.Ordinal);
        var plan = await _program.RunAsync("check", conf);
        Assert.Contains("gaussian-threshold(rho=0.1", (await _program.RunAsync("check", conf, "--json")).Output, StringComparison.Ordinal);
        Assert.Contains("rho 0.5 (epsilon", plan.Output, StringComparison.Ordinal);
    }
}
