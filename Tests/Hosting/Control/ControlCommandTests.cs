using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Control;
using AkkaPrivacy.Hosting.Topology;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Control;

public sealed class ControlCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly StubRun _run = new();

    private string Store => Path.Combine(_folder, "x.db");

    [Fact]
    public async Task Each_command_reaches_the_run_and_says_what_happens()
    {
        await using var server = Serve();
        Assert.Equal(0, await RunAsync("pause", Store, "--reason", "a\tdisk is full", "--wait"));
        Assert.Equal(("paused", "adisk is full"), (_run.State, _run.Reason));
        Assert.Equal(0, await RunAsync("resume", Store, "--wait", "--json"));
        Assert.Equal("running", _run.State);
        Assert.Equal(0, await RunAsync("drain", Store));
        Assert.Equal(0, await RunAsync("stop", Store));
        Assert.Equal(["shutdown", "abort OperationCanceledException"], _run.Ended);
        Assert.Contains("Draining", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"message\":\"Reading goes on.\"", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_run_it_says_so()
    {
        Assert.Equal(1, await RunAsync("pause", Store));
        Assert.Contains("No run takes commands", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("stop", Store, "--json"));
        Assert.False(JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("done").GetBoolean());
    }

    [Fact]
    public async Task A_run_that_has_ended_takes_no_command()
    {
        await using var server = Serve();
        _run.End();
        Assert.Equal(1, await RunAsync("pause", Store));
        Assert.Contains("has ended", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_may_command_and_nothing_is_left_behind()
    {
        await using (Serve())
        {
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(TopologySocket.ControlPathFor(Store)!));
            }
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("not json\n")]
    [InlineData("{\"command\":\"dance\",\"reason\":\"\"}\n")]
    [InlineData("{\"command\":null,\"reason\":\"\"}\n")]
    [InlineData("{}\n")]
    [InlineData("\n")]
    public async Task What_is_no_command_changes_nothing(string sent)
    {
        await using var server = Serve();
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(TopologySocket.ControlPathFor(Store)!));
            await socket.SendAsync(Encoding.UTF8.GetBytes(sent));
            var answer = new byte[4096];
            var length = await socket.ReceiveAsync(answer);
            Assert.DoesNotContain("\"done\":true", Encoding.UTF8.GetString(answer, 0, length), StringComparison.Ordinal);
        }

        Assert.Equal("running", _run.State);
        Assert.Equal(0, await RunAsync("pause", Store));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TopologyServer Serve() => TopologyServer.Start(Store, _run.Topology, control: new RunControl(_run));

    private Task<int> RunAsync(params string[] arguments) => CommandLine.RunAsync(arguments, _output, _error);

    private sealed class StubRun : IPipelineRun, IKillSwitch
    {
        private readonly TaskCompletionSource<RunSummary> _completion = new();

        public string State { get; private set; } = "running";

        public string Reason { get; private set; } = "";

        public List<string> Ended { get; } = [];

        public IKillSwitch KillSwitch => this;

        public Task<RunSummary> Completion => _completion.Task;

        public void Pause(string reason = "") => (State, Reason) = ("paused", reason);

        public void Resume() => (State, Reason) = ("running", "");

        public void Shutdown() => Ended.Add("shutdown");

        public void Abort(Exception cause) => Ended.Add($"abort {cause.GetType().Name}");

        public void End() => _completion.SetCanceled();

        public TopologySnapshot Topology() => new("site", State, TimeSpan.Zero, 0, 0, null, null, null, [], []) { Reason = Reason };
    }
}
