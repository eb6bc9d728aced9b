using System.Globalization;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Topology;
using AkkaPrivacy.Tests.Hosting.Commands;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Reload;

/// <summary>A file that grows by ten visitors an hour, and configurations that read it.</summary>
internal sealed class LiveSite : IDisposable
{
    public const string A = "a { aggregate = distinct-subjects, window = 1h, bounds { windows = 24 }, noise { epsilon = 0.1 } }";
    public const string B = "b { aggregate = distinct-subjects, window = 1h, bounds { windows = 2 }, noise { epsilon = 0.1 } }";
    public const string C = "c { aggregate = count, window = 2h, bounds { windows = 12 }, noise { epsilon = 0.05 } }";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TestProgram _program = new();

    public TestProgram Program => _program;

    public string Store => _program.PathOf("site.db");

    public string Input => _program.PathOf("in.jsonl");

    public string Configure(string name, params string[] queries) => _program.Write(
        name,
        $$"""
        pipeline {
          name = site
          source { type = json-lines, path = "{{Input}}", poll = 20ms }
          time { allowed-lateness = 0s }
          subject = visitor
          data-map {
            time { type = time, class = time, role = event }
            visitor { type = text, class = direct-identifier, treatment = token }
          }
          account { name = "site/a", budget { epsilon = 10 } }
          queries { {{string.Join('\n', queries)}} }
        }
        """);

    /// <summary>Appends whole hours.</summary>
    public void Append(int from, int to) => File.AppendAllLines(Input, Enumerable.Range(from * 10, (to - from) * 10).Select(i => string.Create(
        CultureInfo.InvariantCulture, $$"""{"time":"{{Start.AddMinutes(i * 6):yyyy-MM-ddTHH:mm:ss}}Z","visitor":"v{{i % 10}}"}""")));

    /// <summary>Waits until the run on the store has read so many rows.</summary>
    public Task WhenReadAsync(long rows, Func<bool>? ended = null) => WhenAsync(now => now.RowsRead >= rows, ended);

    /// <summary>Waits until the run on the store shows something.</summary>
    public async Task WhenAsync(Func<TopologySnapshot, bool> isSo, Func<bool>? ended = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await TopologyClient.AskAsync(Store, patience.Token) is not { } now || !isSo(now))
        {
            Assert.False(ended?.Invoke() ?? false, "The run has ended.");
            await Task.Delay(20, patience.Token);
        }
    }

    public void Dispose() => _program.Dispose();
}
