using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Docs.Examples;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary>The sample of docs/guides/akka-hosting.md.</summary>
[Collection(NodeProgram.OneAtATime)]
public sealed class GuideTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("akkaprivacy-guide-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task It_runs()
    {
        await using var store = new MemoryStore();
        var settings = AkkaHosting.Settings($"Data Source={Path.Combine(_folder.FullName, "journal.db")}");
        using var host = AkkaHosting.Build(settings, store);
        var summary = await AkkaHosting.RunAsync(host, Graph(), store, new InMemoryKeyRing());
        Assert.Equal((1, 0), (summary!.Released, summary.Withheld.Count));
        Assert.Single(await FirstPipeline.ReadAsync(store));
    }

    private static PipelineGraph Graph() => Source
        .FromLines(() => new MemoryLineSource("visits", "{\"time\":\"2026-03-02T10:05:00Z\",\"user\":\"u@example.com\",\"page\":\"/\",\"bytes\":7}\n"u8.ToArray()))
        .ParseJsonLines(FirstPipeline.Map())
        .Tokenize()
        .Bound(new Bound { Subject = "user", GroupBy = ["page"], KnownKeys = [["/"]], Bounds = new ContributionBounds { Groups = 1, RowsPerGroup = 1, Windows = 1 } })
        .TumblingWindow(TimeSpan.FromHours(1))
        .Count("views-per-page")
        .LaplaceNoise(epsilon: 1)
        .To(Sink.Store())
        .WithSettings(FirstPipeline.Settings())
        .Graph;
}
