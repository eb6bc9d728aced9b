using System.Net;
using System.Text;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Tests.Hosting.Commands;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary>What a node answers about itself, and what signals do to it, from its start to its end.</summary>
[Collection(NodeProgram.OneAtATime)]
public sealed class NodeLifeTests : IDisposable
{
    private readonly NodeProgram _node = new();
    private readonly HttpClient _http = new();
    private readonly int _port = NodeProgram.FreePort();
    private Action _interrupt = () => { };

    public void Dispose()
    {
        _http.Dispose();
        _node.Dispose();
    }

    private string Settings => $"akkaprivacy.cluster {{ health.port = {_port}, journal.timeout = 10s, node.name = life }}";

    [Fact]
    public async Task Its_health_follows_its_life()
    {
        using var input = new HeldInput(AccessLogs.Small());
        var run = Start(input);
        Assert.Contains("\"status\":\"healthy\"", await ReadAsync("ready", HttpStatusCode.OK), StringComparison.Ordinal);
        Assert.Contains("\"name\":\"akkaprivacy-live\",\"status\":\"healthy\"", await ReadAsync("live", HttpStatusCode.OK), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri($"http://127.0.0.1:{_port}/metrics"))).StatusCode);
        await input.Reached;

        Change("ALTER TABLE journal RENAME TO lost");
        var lost = await ReadAsync("ready", HttpStatusCode.ServiceUnavailable);
        Assert.Contains("\"name\":\"akkaprivacy-journal\",\"status\":\"unhealthy\",\"description\":\"The journal cannot be used", lost, StringComparison.Ordinal);
        await ReadAsync("live", HttpStatusCode.OK);
        Change("ALTER TABLE lost RENAME TO journal");
        await ReadAsync("ready", HttpStatusCode.OK);

        // The store is held, so that the drain takes until it is given back.
        using (var held = new SqliteConnection($"Data Source={_node.Program.PathOf("a.db")}"))
        {
            held.Open();
            using var transaction = held.BeginTransaction(deferred: false);
            _interrupt();
            Assert.Contains("the node drains and leaves", await ReadAsync("ready", HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        }

        var result = await run;
        Assert.True(result.Code == 130, result.Error);
        Assert.True(result.Json().GetProperty("interrupted").GetBoolean());
        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(new Uri($"http://127.0.0.1:{_port}/health/live")));
    }

    [Fact]
    public async Task While_it_looks_for_a_cluster_it_is_live_and_not_ready_and_an_interrupt_ends_it()
    {
        var run = TestRun(null, $"{Settings}\nakkaprivacy.cluster.node {{ port = {NodeProgram.FreePort()}, seeds = [\"127.0.0.1:{NodeProgram.FreePort()}\"] }}");
        await ReadAsync("live", HttpStatusCode.OK);
        Assert.Contains("\"status\":\"unhealthy\"", await ReadAsync("ready", HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        _interrupt();
        var result = await run;
        Assert.True(result.Code == 130, result.Error);
    }

    [Fact]
    public async Task A_second_interrupt_stops_at_once_and_the_next_run_goes_on()
    {
        using var input = new HeldInput(AccessLogs.Small());
        var run = Start(input);
        await input.Reached;
        _interrupt();
        _interrupt();
        var result = await run;
        Assert.True(result.Code == 130, result.Error);
        _node.Input = null;
        var next = await _node.RunAsync();
        Assert.True(next.Code == 0, next.Error);
    }

    [Fact]
    public async Task When_the_last_ledger_node_is_lost_it_says_so_and_is_not_ready()
    {
        const string Patience = "akkaprivacy.cluster { singleton.ask-timeout = 500ms, pipeline.silence = 1s }";
        var port = NodeProgram.FreePort();
        using var seed = await _node.SeedAsync(port, settings: Patience);
        using var input = new HeldInput(AccessLogs.Small());
        using var error = new AwaitedText("No node of the role 'ledger' has answered", 2);
        _node.Input = "-";
        var host = new RunHost { Input = input, Interrupts = Take };
        var arguments = _node.Arguments(
            $"{Settings}\n{Patience}\nakkaprivacy.cluster.node.roles = [pipeline]", "--port", $"{NodeProgram.FreePort()}", "--seed", $"127.0.0.1:{port}");
        var run = Task.Run(() => AkkaPrivacy.Hosting.Commands.CommandLine.RunAsync(arguments, TextWriter.Null, error, host));
        await input.Reached;
        await ReadAsync("ready", HttpStatusCode.OK);

        await seed.StopAsync();

        Assert.Contains("singleton that assigns pipelines does not answer", await ReadAsync("ready", HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        await error.Reached;
        await ReadAsync("live", HttpStatusCode.OK);
        _interrupt();
        _interrupt();
        Assert.Equal(130, await run);
    }

    private Task<ProgramResult> Start(HeldInput input)
    {
        _node.Input = "-";
        return TestRun(input, Settings);
    }

    private Task<ProgramResult> TestRun(Stream? input, string settings) => Task.Run(() => _node.RunAsync(
        new RunHost
        {
            Input = input,
            Interrupts = Take,
        },
        settings));

    private TestProgram.Nothing Take(Action interrupted)
    {
        _interrupt = interrupted;
        return new TestProgram.Nothing();
    }

    // Answers are up to a second old, and nodes take their time; so it asks until the answer is there.
    private async Task<string> ReadAsync(string tag, HttpStatusCode expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{_port}/health/{tag}"), patience.Token);
                if (response.StatusCode == expected)
                {
                    return await response.Content.ReadAsStringAsync(patience.Token);
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen before it has started.
            }

            await Task.Delay(50, patience.Token);
        }
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_node.Program.PathOf("a.db")}.journal");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Counts the lines that begin with a text.</summary>
    private sealed class AwaitedText(string text, int times) : StringWriter
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _seen;

        public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public override void WriteLine(string? value)
        {
            lock (_reached)
            {
                base.WriteLine(value);
            }

            if (value?.StartsWith(text, StringComparison.Ordinal) == true && Interlocked.Increment(ref _seen) == times)
            {
                _reached.TrySetResult();
            }
        }
    }

    /// <summary>Gives a text, then holds whoever reads on until it is disposed of.</summary>
    private sealed class HeldInput(string text) : Stream
    {
        private readonly MemoryStream _text = new(Encoding.UTF8.GetBytes(text), writable: false);
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = _text.Read(buffer.Span);
            if (read == 0)
            {
                _reached.TrySetResult();
                await _released.Task;
            }

            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _released.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
