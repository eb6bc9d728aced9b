using AkkaPrivacy.Connectors.ConsoleTable;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.ConsoleTable;

public sealed class ConsoleSinkTests
{
    private readonly StringWriter _output = new();

    [Fact]
    public async Task PrintsOneLineAGroup()
    {
        await using var sink = new ConsoleSink(_output);
        await sink.PublishAsync([Releases.Make(1, Releases.Group("/a", 5), Releases.Group("/b", -3))], default);

        var lines = _output.ToString().TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal("1970-01-01T01:00:00Z  1970-01-01T02:00:00Z  page-views                /a                                   5  [-5, 15]", lines[1].TrimEnd('\r'));
    }

    [Fact]
    public async Task PrintsAReleaseOnce()
    {
        await using var sink = new ConsoleSink(_output);
        await sink.PublishAsync([Releases.Make(1, Releases.Group("/a", 5))], default);
        var before = _output.ToString();
        await sink.PublishAsync([Releases.Make(1, Releases.Group("/a", 5))], default);

        Assert.Equal(before, _output.ToString());
    }

    [Fact]
    public async Task KeysDoNotSteerTheTerminal()
    {
        await using var sink = new ConsoleSink(_output);
        await sink.PublishAsync([Releases.Make(1, Releases.Group("/\u001b[2J\r\n\u202e\u2028x", 5))], default);

        Assert.Contains(@"/\u{1b}[2J\u{d}\u{a}\u{202e}\u{2028}x", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClosedWriterIsASinkFailure()
    {
        await using var sink = new ConsoleSink(_output);
        await _output.DisposeAsync();

        await Assert.ThrowsAsync<SinkException>(async () => await sink.PublishAsync([Releases.Make(1, Releases.Group("/a", 5))], default));
    }
}
