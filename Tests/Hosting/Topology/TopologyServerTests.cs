using System.Net.Sockets;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Topology;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Topology;

public sealed class TopologyServerTests : IDisposable
{
    private static readonly TopologySnapshot Snapshot = new(
        "site",
        "running",
        TimeSpan.FromSeconds(2.5),
        1_000_000,
        200,
        400,
        DateTimeOffset.UnixEpoch.AddHours(1),
        null,
        [new StageSnapshot("parse-json", 0, 3, 9000, 8999, 0.25, 400_000)],
        [new QueueSnapshot("exchange", 8, 8)]);

    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    private string Store => Path.Combine(_folder, "x.db");

    [Fact]
    public async Task ACallerGetsTheSnapshot()
    {
        await using var server = TopologyServer.Start(Store, () => Snapshot);

        var first = await TopologyClient.AskAsync(Store, default);
        var second = await TopologyClient.AskAsync(Store, default);

        Assert.Null(server.Note);
        Assert.Equal(Snapshot with { Stages = first!.Stages, Queues = first.Queues, Sinks = first.Sinks }, first);
        Assert.Equal(Snapshot.Stages, first.Stages);
        Assert.Equal(Snapshot.Queues, second!.Queues);
    }

    [Fact]
    public async Task NothingIsLeftBehind()
    {
        await using (TopologyServer.Start(Store, () => Snapshot))
        {
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Assert.Null(await TopologyClient.AskAsync(Store, default));
    }

    [Fact]
    public async Task OnlyTheOwnerMayConnect()
    {
        await using var server = TopologyServer.Start(Store, () => Snapshot);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(TopologySocket.PathFor(Store)!));
            Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(TopologySocket.DirectoryFor(Store)));
        }
    }

    [Fact]
    public async Task ASocketThatAKilledRunLeftIsReplaced()
    {
        var path = TopologySocket.PathFor(Store)!;
        Directory.CreateDirectory(TopologySocket.DirectoryFor(Store));
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + "2");
        }

        File.Move(path + "2", path);
        await using var server = TopologyServer.Start(Store, () => Snapshot);

        Assert.Null(server.Note);
        Assert.NotNull(await TopologyClient.AskAsync(Store, default));
    }

    [Fact]
    public async Task ASecondRunOnTheStoreLeavesTheFirstAlone()
    {
        await using var first = TopologyServer.Start(Store, () => Snapshot);
        await using (var second = TopologyServer.Start(Store, () => Snapshot with { Pipeline = "other" }))
        {
            Assert.Contains("another run", second.Note, StringComparison.Ordinal);
        }

        Assert.Equal("site", (await TopologyClient.AskAsync(Store, default))!.Pipeline);
    }

    [Fact]
    public async Task APathThatIsTooLongIsNoFailure()
    {
        await using var server = TopologyServer.Start(Path.Combine(_folder, new string('x', 120)), () => Snapshot);

        Assert.Contains("103 bytes", server.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACallerWhoHangsUpDoesNotStopTheServer()
    {
        await using var server = TopologyServer.Start(Store, () => Snapshot);
        using (var rude = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            rude.Connect(new UnixDomainSocketEndPoint(TopologySocket.PathFor(Store)!));
        }

        Assert.NotNull(await TopologyClient.AskAsync(Store, default));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
