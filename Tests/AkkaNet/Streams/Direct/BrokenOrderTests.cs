using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Runtime;
using Xunit;
using TokenizedRows = AkkaPrivacy.Engine.Graphs.TokenizedRows;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

/// <summary>Operators that compile between two steps and are not safe there: each fails the run, and nothing is released
/// from what is left.</summary>
public sealed class BrokenOrderTests() : ActorTestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DirectHarness _harness = new();

    [Fact]
    public Task Dropping() => FailsAsync(rows => rows.Skip(3));

    [Fact]
    public Task Filtering() => FailsAsync(rows =>
    {
        var count = 0;
        return rows.Where(_ => ++count % 3 != 0);
    });

    [Fact]
    public Task Taking() => FailsAsync(rows => rows.Take(4));

    [Fact]
    public Task Repeating() => FailsAsync(rows => rows.SelectMany(batch => new[] { batch, batch }));

    [Fact]
    public Task Overtaking() => FailsAsync(rows => rows.Grouped(3).SelectMany(batches => batches.Reverse()));

    [Fact]
    public Task Conflating() => FailsAsync(rows => rows.Grouped(2).Select(batches => batches.Last()));

    [Fact]
    public Task Broadcasting() => FailsAsync(rows =>
    {
        var sink = DirectHarness.Query(Flow.Create<Batch<TokenizedRows>>()).To(ReleaseSinks.Store());
        return rows.AlsoTo(sink);
    });

    [Fact]
    public Task Mixing() => FailsAsync(rows => rows.Merge(new DirectHarness().Tokens(DirectHarness.Hours(2))));

    [Fact]
    public Task Recovering_with_another_stream() => FailsAsync(rows =>
    {
        var count = 0;
        return rows.Select(batch => ++count == 6 ? throw new InvalidOperationException("user-1@example.org") : batch)
            .RecoverWithRetries(_ => new DirectHarness().Tokens(DirectHarness.Hours(2)), 1);
    });

    [Fact]
    public async Task Failing()
    {
        var count = 0;
        var failure = await FailsAsync(rows => rows.Select(batch => ++count == 6 ? throw new InvalidOperationException("user-1@example.org") : batch));

        Assert.Contains("InvalidOperationException", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", failure.ToString(), StringComparison.Ordinal);
    }

    private async Task<Exception> FailsAsync(Func<Source<Batch<TokenizedRows>, Akka.NotUsed>, Source<Batch<TokenizedRows>, Akka.NotUsed>> through)
    {
        var run = DirectHarness.Query(through(_harness.Tokens(DirectHarness.Hours(200))))
            .ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(Sys.Materializer());

        var failure = await Assert.ThrowsAsync<PipelineException>(() => run.Completion.WaitAsync(Patience));

        Assert.DoesNotContain("outside", failure.Message, StringComparison.Ordinal);
        Assert.Equal("failed", run.Topology().State);
        return failure;
    }
}
