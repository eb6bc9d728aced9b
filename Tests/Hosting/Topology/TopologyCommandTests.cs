using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Topology;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Topology;

public sealed class TopologyCommandTests : IDisposable
{
    private static readonly TopologySnapshot Snapshot = new(
        "site",
        "running",
        TimeSpan.FromSeconds(2),
        12_345,
        100,
        400,
        DateTimeOffset.UnixEpoch,
        null,
        [new StageSnapshot("parse-json", 0, 3, 9000, 8999, 0.25, 4500)],
        [new QueueSnapshot("exchange", 8, 8)]);

    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string Store => Path.Combine(_folder, "x.db");

    [Fact]
    public async Task ShowsStagesQueuesAndFrontier()
    {
        await using var server = TopologyServer.Start(Store, () => Snapshot);

        Assert.Equal(0, await RunAsync("--db", Store));

        var text = _output.ToString();
        Assert.Contains("pipeline site: running, up 2.0 s, 12,345 rows read, 25 % of the input", text, StringComparison.Ordinal);
        Assert.Contains("arrival frontier 1970-01-01T00:00:00Z, windows fired up to none", text, StringComparison.Ordinal);
        Assert.Contains("parse-json     0         9,000         8,999       4,500     0.25", text, StringComparison.Ordinal);
        Assert.Contains("exchange      8         8  full", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonIsOneLine()
    {
        await using var server = TopologyServer.Start(Store, () => Snapshot);

        Assert.Equal(0, await RunAsync("--db", Store, "--json"));

        using var json = JsonDocument.Parse(_output.ToString().TrimEnd('\n'));
        Assert.DoesNotContain('\n', _output.ToString().TrimEnd('\n'));
        Assert.Equal(2, json.RootElement.GetProperty("uptime_seconds").GetDouble());
        Assert.Equal(9000, json.RootElement.GetProperty("stages")[0].GetProperty("rows_in").GetInt64());
    }

    [Fact]
    public async Task WithoutARunItSaysSo()
    {
        Assert.Equal(1, await RunAsync("--db", Store));
        Assert.Contains("No pipeline serves its topology", _error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<int> RunAsync(params string[] arguments) =>
        new RootCommand { TopologyCommand.Create() }.Parse(["topology", .. arguments]).InvokeAsync(new InvocationConfiguration { Output = _output, Error = _error });
}
