using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.LoadTests;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.LoadTests;

public sealed class RuntimesComparisonTests
{
    [Fact]
    public void RatiosOfBothRuntimesAndOfTheHandWrittenStreamArePrintedAfterTheirCountsWereFoundEqual()
    {
        using var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = TextWriter.Null };
        var code = Program.CreateCommand().Parse(["compare", "runtimes", "--json", "--seconds", "0.01", "--events", "2000"]).Invoke(configuration);

        Assert.Equal(0, code);
        using var report = JsonDocument.Parse(output.ToString());
        string[] ratios = [.. report.RootElement.GetProperty("ratios").EnumerateObject().Select(ratio => ratio.Name)];
        Assert.Equal(["embedded", "embedded-2-lanes", "hand-written", "hand-written-async"], ratios);
        Assert.Equal("akka", report.RootElement.GetProperty("results")[0].GetProperty("name").GetString());
    }
}
