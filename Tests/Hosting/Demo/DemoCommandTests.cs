using System.Buffers;
using System.Text;
using System.Text.Json;
using AkkaPrivacy.Hosting.Demo.Traffic;
using AkkaPrivacy.Tests.Hosting.Demo.Traffic;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Demo;

public sealed class DemoCommandTests : IDisposable
{
    private readonly DemoFolder _folder = new();

    [Fact]
    public async Task ASecondRunSpendsNothingAndPublishesTheSame()
    {
        var first = await _folder.RunJsonAsync("--events", "20000");
        var second = await _folder.RunJsonAsync("--events", "20000", "--lanes", "2");

        Assert.Equal(13, first.GetProperty("released").GetInt32());
        Assert.Equal(0, second.GetProperty("released").GetInt32());
        Assert.Equal(13, second.GetProperty("replayed").GetInt32());
        foreach (var name in (string[])["releases", "spent", "left", "coverage", "rows_read", "dead_letters"])
        {
            Assert.Equal(first.GetProperty(name).GetRawText(), second.GetProperty(name).GetRawText());
        }
    }

    [Fact]
    public async Task TheObjectHoldsValuesIntervalsTruthAndBudget()
    {
        var result = await _folder.RunJsonAsync("--events", "20000", "--seed", "9");

        var release = result.GetProperty("releases")[0];
        Assert.Equal("page-views", release.GetProperty("query").GetString());
        Assert.Equal("2026-03-02T08:00:00Z", release.GetProperty("window").GetProperty("start").GetString());
        Assert.Equal("/", release.GetProperty("group")[0].GetString());
        Assert.True(release.GetProperty("bounded_true").GetInt64() <= release.GetProperty("true").GetInt64());
        Assert.True(release.GetProperty("interval")[0].GetInt64() < release.GetProperty("value").GetInt64());
        Assert.InRange(result.GetProperty("coverage").GetDouble(), 0.8, 1.0);
        Assert.Equal(20_000, result.GetProperty("rows_read").GetInt64());
        Assert.InRange(result.GetProperty("spent").GetProperty("epsilon").GetDouble(), 1, 2);
        Assert.Equal(2, result.GetProperty("spent").GetProperty("epsilon").GetDouble() + result.GetProperty("left").GetProperty("epsilon").GetDouble(), 9);
        Assert.Equal(_folder.Store, result.GetProperty("db").GetString());
    }

    [Fact]
    public async Task EveryHourHasEveryKnownPageAndDeadLettersAreThoseThatWereMade()
    {
        var result = await _folder.RunJsonAsync("--events", "20000");

        var pages = result.GetProperty("releases").EnumerateArray().Where(release => release.GetProperty("query").GetString() == "page-views");
        Assert.Equal(TrafficOptions.Hours * TrafficCatalog.LandingPages.Length, pages.Count());
        var truth = Reference(20_000, 1);
        var letters = result.GetProperty("dead_letters");
        Assert.All(truth.DeadLetters, pair => Assert.Equal(pair.Value, letters.GetProperty(JsonNamingPolicy.SnakeCaseLower.ConvertName(pair.Key.ToString())).GetInt64()));
        Assert.False(letters.TryGetProperty("after_firing", out _));
    }

    [Fact]
    public async Task ASeedIsAPopulationWithABudgetOfItsOwn()
    {
        var first = await _folder.RunJsonAsync("--events", "5000", "--seed", "1");
        var second = await _folder.RunJsonAsync("--events", "5000", "--seed", "2");

        Assert.Equal(13, second.GetProperty("released").GetInt32());
        Assert.Equal(first.GetProperty("left").GetRawText(), second.GetProperty("left").GetRawText());
    }

    [Fact]
    public async Task NoIdentifierIsFoundInAnythingThatIsLeft()
    {
        Assert.Equal(0, await _folder.RunAsync("--db", _folder.Store, "--events", "20000", "--all"));
        await _folder.RunJsonAsync("--events", "20000");

        var secrets = Reference(20_000, 1).Secrets;
        Assert.True(secrets.Count > 5000);
        var canaries = SearchValues.Create([.. secrets], StringComparison.Ordinal);
        var files = Directory.GetFiles(_folder.Path).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)));
        Assert.All(files.Append(_folder.Output.ToString()).Append(_folder.Error.ToString()), text => Assert.Equal(-1, text.AsSpan().IndexOfAny(canaries)));
    }

    [Fact]
    public async Task TheTableMarksWhatOnlyTheDemoShows()
    {
        Assert.Equal(0, await _folder.RunAsync("--db", _folder.Store, "--events", "5000"));

        var text = _folder.Output.ToString();
        Assert.Contains("true*", text, StringComparison.Ordinal);
        Assert.Contains("shown in the demo only", text, StringComparison.Ordinal);
        Assert.Contains("Bounding bias", text, StringComparison.Ordinal);
        Assert.Contains("Spent of each visitor's budget on 2026-03-02: epsilon", text, StringComparison.Ordinal);
        Assert.Contains($"akkaprivacy demo --events 5000 --db {_folder.Store} --seed 2", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Theory]
    [InlineData("--events", "0")]
    [InlineData("--events", "-5")]
    [InlineData("--events", "99999999999999999999")]
    [InlineData("--events", "1e6")]
    [InlineData("--seed", "-1")]
    [InlineData("--lanes", "65")]
    public async Task AnOptionOutOfRangeIsAConfigurationError(string option, string value)
    {
        Assert.Equal(2, await _folder.RunAsync("--db", _folder.Store, option, value));
        Assert.Contains($"{option} must be a whole number from", _folder.Error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Store));
    }

    [Fact]
    public async Task AStoreThatCannotBeMadeIsAStoreFailure()
    {
        Assert.Equal(5, await _folder.RunAsync("--db", Path.Combine(_folder.Path, "none", "x.db"), "--events", "100"));
        Assert.Contains(Path.Combine(_folder.Path, "none"), _folder.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileOfAnotherKindIsNotTouched()
    {
        await File.WriteAllTextAsync(_folder.Store, new string('x', 10_000));

        Assert.Equal(5, await _folder.RunAsync("--db", _folder.Store, "--events", "100"));
        Assert.Equal(new string('x', 10_000), await File.ReadAllTextAsync(_folder.Store));
    }

    [Fact]
    public async Task OneEventIsEnough()
    {
        var result = await _folder.RunJsonAsync("--events", "1");
        Assert.Equal(1, result.GetProperty("rows_read").GetInt64());
    }

    public void Dispose() => _folder.Dispose();

    private static ReferenceTruth Reference(int events, ulong seed)
    {
        using var stream = new MemoryStream();
        new TrafficGenerator(new TrafficOptions(events, seed)).WriteTo(stream);
        return ReferenceTruth.Read(stream.ToArray());
    }
}
