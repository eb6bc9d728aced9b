using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.LoadTests;
using AkkaPrivacy.LoadTests.Compare.Latency;
using Xunit;

namespace AkkaPrivacy.Tests.LoadTests.Compare;

public sealed class LatencyTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    [InlineData(0.999)]
    public void QuantilesAreAtMostThreePercentTooLarge(double share)
    {
        DelayHistogram delays = new();
        for (var i = 1; i <= 100_000; i++)
        {
            delays.Add(i / 100.0);
        }

        Assert.InRange(delays.QuantileMs(share), share * 1000, share * 1000 * 1.035);
        Assert.Equal(1000, delays.MaxMs);
        Assert.InRange(delays.Share(0, 500), 0.48, 0.52);
        Assert.Equal(1, delays.Share(0, 500) + delays.Share(500, double.PositiveInfinity), 9);
    }

    [Fact]
    public void HistogramsAddUp()
    {
        DelayHistogram one = new();
        DelayHistogram two = new();
        one.Add(-1);
        two.Add(7);
        one.Add(two);

        Assert.Equal(2, one.Count);
        Assert.Equal(7, one.MaxMs);
        Assert.InRange(one.QuantileMs(1), 6.9, 7);
        Assert.Equal(0, new DelayHistogram().QuantileMs(0.99));
    }

    [Fact]
    public void ARowsArrivalDoesNotDependOnWhenItIsTaken()
    {
        ArrivalSchedule schedule = new(1000, TimeSpan.FromHours(1), TimeSpan.FromSeconds(1));

        Assert.Equal(2000, schedule.ArrivalMs(2000), 6);
        Assert.False(schedule.Counts(999));
        Assert.True(schedule.Counts(1000));
        Assert.False(schedule.IsOver(3_599_999));
        Assert.True(schedule.IsOver(3_600_000));
    }

    [Fact]
    public void PrintsTheDelaysOfEveryContender()
    {
        using var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = TextWriter.Null };
        Assert.Equal(0, Program.CreateCommand().Parse(["compare", "latency", "--json", "--seconds", "0.1"]).Invoke(configuration));

        using var document = JsonDocument.Parse(output.ToString());
        JsonElement[] results = [.. document.RootElement.GetProperty("results").EnumerateArray()];
        Assert.Equal(
            ["akkaprivacy", "akkaprivacy-2-lanes", "channel", "channel-same-rate", "idle"],
            results.Select(result => result.GetProperty("name").GetString()));
        Assert.All(results, result => Assert.InRange(result.GetProperty("p99_ms").GetDouble(), 0, result.GetProperty("max_ms").GetDouble()));
        Assert.True(results[0].GetProperty("rows").GetInt64() > 0);
        Assert.Equal(JsonValueKind.Object, document.RootElement.GetProperty("ratios").ValueKind);
    }
}
