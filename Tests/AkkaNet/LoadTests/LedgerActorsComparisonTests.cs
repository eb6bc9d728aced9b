using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.LoadTests;
using AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.LoadTests;

public sealed class LedgerActorsComparisonTests
{
    [Fact]
    public async Task Debits_are_taken_by_a_node_and_measured()
    {
        var directory = Directory.CreateTempSubdirectory("akkaprivacy-debits-");
        await using (var node = await DebitNode.StartAsync(new DebitNodeOptions(directory.FullName, "", 0, true)))
        {
            await node.OpenAsync(1, 3);
            var sample = await node.DebitAsync(0, 1, 3, TimeSpan.FromSeconds(1));
            Assert.True(sample.Latencies.Count >= 3 && sample.PerSecond > 0);
            var copy = JsonSerializer.Deserialize<DebitSample>(JsonSerializer.Serialize(sample))!;
            Assert.Equal(sample.Latencies.QuantileMs(0.99), copy.Latencies.QuantileMs(0.99));
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        directory.Delete(recursive: true);
    }

    [Fact]
    public void Quantiles_are_two_percent_too_large_at_most()
    {
        var histogram = new LatencyHistogram();
        for (var ms = 1; ms <= 1000; ms++)
        {
            histogram.Add(TimeSpan.FromMilliseconds(ms));
        }

        Assert.InRange(histogram.QuantileMs(0.5), 500, 510);
        Assert.InRange(histogram.QuantileMs(0.99), 990, 1010);
        Assert.Equal(0, new LatencyHistogram().QuantileMs(0.5));
    }

    [Theory]
    [InlineData("--accounts", "0")]
    [InlineData("--seconds", "x")]
    public void What_is_out_of_range_is_refused(string option, string value)
    {
        var configuration = new InvocationConfiguration { Output = TextWriter.Null, Error = TextWriter.Null };
        Assert.NotEqual(0, Program.CreateCommand().Parse(["compare", "ledger-actors", option, value]).Invoke(configuration));
    }
}
