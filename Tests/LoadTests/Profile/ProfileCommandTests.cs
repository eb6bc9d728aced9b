using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.LoadTests;
using AkkaPrivacy.LoadTests.Profile;
using Xunit;

namespace AkkaPrivacy.Tests.LoadTests.Profile;

public sealed class ProfileCommandTests
{
    [Fact]
    public void PrintsEveryStageOfOneLaneAndOfTwo()
    {
        using var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = TextWriter.Null };
        Assert.Equal(0, Program.CreateCommand().Parse(["profile", "pipeline", "--json", "--seconds", "0.01", "--events", "5000"]).Invoke(configuration));

        using var document = JsonDocument.Parse(output.ToString());
        JsonElement[] profiles = [.. document.RootElement.GetProperty("profiles").EnumerateArray()];
        Assert.Equal([1, 2], profiles.Select(profile => profile.GetProperty("lanes").GetInt32()));
        Assert.All(profiles, profile => Assert.Equal(
            ["parse-json", "arrival", "treat:user", "sample", "window:views"],
            profile.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("name").GetString())));
        Assert.All(profiles, profile => Assert.True(profile.GetProperty("source_ns_per_event").GetDouble() > 0));
        Assert.All(profiles, profile => Assert.All(profile.GetProperty("stages").EnumerateArray(), stage => Assert.True(stage.GetProperty("ns_per_event").GetDouble() >= 0)));
        Assert.All(document.RootElement.GetProperty("limits").EnumerateArray(), limit => Assert.True(limit.GetProperty("ns").GetDouble() > 0));
    }

    [Fact]
    public void PrintsWhatARowCostsInEachKindOfStage()
    {
        using var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, Error = TextWriter.Null };
        Assert.Equal(0, Program.CreateCommand().Parse(["profile", "stages", "--json", "--seconds", "0.01", "--events", "3000"]).Invoke(configuration));

        using var document = JsonDocument.Parse(output.ToString());
        var stages = document.RootElement.GetProperty("stages").EnumerateArray().ToDictionary(stage => stage.GetProperty("name").GetString()!);
        Assert.All(
            ["source", "source:merged", "parse-json", "treat:network", "dedup", "enrich", "join", "weighted/weighted-sample", "visits/sessions", "failed/split", "window:sliding"],
            name => Assert.True(stages[name].GetProperty("rows_per_second").GetDouble() > 0));
        Assert.Equal(0.98, stages["enrich"].GetProperty("rows_per_event").GetDouble());
    }

    [Fact]
    public void AThreadsClockRunsWhileTheThreadWorks()
    {
        var clock = new ThreadClock();
        var before = clock.GetTimestamp();
        var sum = 0L;
        for (var i = 0; i < 1_000_000; i++)
        {
            sum += i * sum;
        }

        Assert.True(clock.GetTimestamp() > before + (sum & 0));
    }
}
