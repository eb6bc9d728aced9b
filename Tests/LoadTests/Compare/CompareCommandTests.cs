using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.LoadTests;
using AkkaPrivacy.LoadTests.Compare;
using AkkaPrivacy.Operators.Tokenize;
using Xunit;

namespace AkkaPrivacy.Tests.LoadTests.Compare;

public sealed class CompareCommandTests
{
    [Fact]
    public void HmacPrintsOneJsonObject()
    {
        JsonElement report = Json("compare", "hmac", "--json", "--seconds", "0.01");

        Assert.Equal("hmac", report.GetProperty("name").GetString());
        JsonElement[] results = [.. report.GetProperty("results").EnumerateArray()];
        string[] names = [.. results.Select(result => result.GetProperty("name").GetString()!)];
        Assert.Equal("hmac-batch", names[0]);
        Assert.Contains("scalar", names);
        Assert.Contains("HashData", names);
        Assert.Equal(HmacSha256MultiBuffer.IsSupported(HmacPath.Lanes512), names.Contains("avx512"));
        Assert.Equal(HmacSha256MultiBuffer.IsSupported(HmacPath.Lanes256), names.Contains("avx2"));
        Assert.All(results, result => Assert.True(result.GetProperty("per_second").GetDouble() > 0));
        Assert.True(report.GetProperty("ratios").GetProperty("HashData").GetDouble() > 0);
    }

    [Fact]
    public void NoisePrintsItsRandomBytes()
    {
        JsonElement report = Json("compare", "noise", "--json", "--seconds", "0.01");

        JsonElement[] results = [.. report.GetProperty("results").EnumerateArray()];
        Assert.Contains("gaussian-1e6", results.Select(result => result.GetProperty("name").GetString()));
        Assert.All(results, result => Assert.InRange(result.GetProperty("random_bytes_per_event").GetDouble(), 7.9, 64));
    }

    [Fact]
    public void WindowPrintsTheSizeOfItsStateAndWhatManyKeysCost()
    {
        JsonElement report = Json("compare", "window", "--json", "--seconds", "0.01", "--rows", "8192", "--subjects", "200", "--many-keys", "5000");

        var results = report.GetProperty("results").EnumerateArray().ToDictionary(result => result.GetProperty("name").GetString()!);
        Assert.Equal(["bounded-window", "count-by-key", "dictionaries", "dictionary-of-keys", "zipf-few", "zipf-many"], results.Keys);
        Assert.True(results["bounded-window"].GetProperty("bytes_per_subject").GetDouble() > 64);
        Assert.True(results["bounded-window"].GetProperty("bytes_per_group").GetDouble() > 40);
        Assert.True(results["zipf-many"].GetProperty("groups").GetDouble() > results["zipf-few"].GetProperty("groups").GetDouble());
        Assert.True(results["zipf-many"].GetProperty("ratios").GetProperty("zipf-few").GetDouble() > 0);
    }

    [Fact]
    public void PipelinePrintsItsBaselines()
    {
        JsonElement report = Json("compare", "pipeline", "--json", "--seconds", "0.01", "--events", "500");

        string?[] names = [.. report.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("name").GetString())];
        Assert.Contains("loop", names);
        Assert.Contains("cached-loop", names);
        Assert.Equal(JsonValueKind.Object, report.GetProperty("ratios").ValueKind);
    }

    [Fact]
    public void PrintsAPlainTableWhereThereIsNoTerminal()
    {
        (int code, string output) = Run("compare", "pipeline", "--seconds", "0.01", "--events", "500");

        Assert.Equal(0, code);
        Assert.StartsWith("pipeline: ", output, StringComparison.Ordinal);
        Assert.Contains("per CPU second", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }

    [Theory]
    [InlineData]
    [InlineData("--json", "--seconds", "5")]
    public void ABuildWithoutAkkaNetSaysHowToMakeOneWithIt(params string[] arguments)
    {
        using var error = new StringWriter();
        var configuration = new InvocationConfiguration { Output = TextWriter.Null, Error = error };
        int code = WithoutAkkaNet.CreateCommand("runtimes").Parse(arguments).Invoke(configuration);

        Assert.Equal(2, code);
        Assert.Contains("-p:AkkaNet=true -- compare runtimes", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compare", "hmac", "--seconds", "0")]
    [InlineData("compare", "hmac", "--seconds", "x")]
    [InlineData("compare", "hmac", "--seconds", "NaN")]
    [InlineData("compare", "pipeline", "--events", "0")]
    [InlineData("compare", "pipeline", "--events", "many")]
    [InlineData("compare", "nothing")]
    public void RefusesWhatItDoesNotKnow(params string[] arguments) => Assert.NotEqual(0, Run(arguments).Code);

    private static JsonElement Json(params string[] arguments)
    {
        (int code, string output) = Run(arguments);
        Assert.Equal(0, code);
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = TextWriter.Null };
        int code = Program.CreateCommand().Parse(arguments).Invoke(configuration);
        return (code, output.ToString());
    }
}
