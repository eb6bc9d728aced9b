using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Xunit;
using ReleasedValues = AkkaPrivacy.Engine.Graphs.ReleasedValues;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

/// <summary>Whatever becomes of the engineer's sink, what was charged is stored, and comes again until it is confirmed.</summary>
public sealed class ReleaseSinkTests() : ActorTestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    private const int Hours = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DirectHarness _harness = new();
    private readonly List<Release> _seen = [];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_sink_that_fails_loses_no_release(int at)
    {
        await FailsAsync(FailingSink(at));
        Assert.Equal(at - 1, _seen.Count);

        await RunAsync(FailingSink(0));

        await AssertAllSeenAsync();
        Assert.True(_seen.Count - at + 1 >= 1);
    }

    [Fact]
    public async Task A_flow_that_fails_with_releases_in_its_buffers_loses_none()
    {
        var taken = 0;
        await FailsAsync(ReleaseSinks.Via(Flow.Create<Release>()
            .Buffer(16, OverflowStrategy.Backpressure)
            .Async()
            .Select(release => ++taken > 2 ? throw new InvalidOperationException("the flow failed") : See(release))));

        await RunAsync(ReleaseSinks.Via(Flow.Create<Release>().Async().Select(See)));

        await AssertAllSeenAsync();
    }

    [Fact]
    public async Task What_is_confirmed_does_not_come_again()
    {
        await RunAsync(FailingSink(0));
        Assert.Equal(Hours, _seen.Count);

        await RunAsync(FailingSink(0));

        Assert.Equal(Hours, _seen.Count);
    }

    [Fact]
    public async Task A_sink_that_cancels_ends_the_run_and_the_rest_comes_with_the_next()
    {
        await FailsAsync(ReleaseSinks.To(Flow.Create<Release>().Select(See).To(Sink.First<Release>())));
        Assert.Single(_seen);

        await RunAsync(FailingSink(0));

        await AssertAllSeenAsync();
    }

    [Fact]
    public Task A_flow_that_emits_more_than_it_was_given_fails() =>
        FailsAsync(ReleaseSinks.Via(Flow.Create<Release>().SelectMany(release => new[] { release, release })));

    private Sink<Batch<ReleasedValues>, (DirectRun Run, Task<Akka.Done> Sink)> FailingSink(int at)
    {
        var count = 0;
        return ReleaseSinks.To(Sink.ForEach<Release>(release => _ = ++count == at ? throw new InvalidOperationException("the sink failed") : See(release)));
    }

    private Release See(Release release)
    {
        _seen.Add(release);
        return release;
    }

    private async Task RunAsync<TMat>(Sink<Batch<ReleasedValues>, (DirectRun Run, TMat)> sink)
    {
        var (run, _) = _harness.Visitors(DirectHarness.Hours(Hours)).ToMaterialized(sink, Keep.Right).Run(Sys.Materializer());
        await run.Completion.WaitAsync(Patience);
    }

    private async Task FailsAsync<TMat>(Sink<Batch<ReleasedValues>, (DirectRun Run, TMat)> sink)
    {
        var failure = await Assert.ThrowsAsync<SinkException>(() => RunAsync(sink));
        Assert.DoesNotContain("the sink failed", failure.ToString(), StringComparison.Ordinal);
    }

    private async Task AssertAllSeenAsync()
    {
        var stored = await _harness.StoredAsync();
        Assert.Equal(Hours, stored.Count);
        Assert.Equal(Hours, stored.Max(release => release.Receipt.SpentInPeriod.Epsilon));
        var values = _seen.GroupBy(release => release.Id).ToDictionary(group => group.Key, group => group.Select(release => release.Groups[0].Value).Distinct());
        Assert.Equal(stored.Select(release => release.Id).OrderBy(id => id.ToString()), values.Keys.OrderBy(id => id.ToString()));
        Assert.All(stored, release => Assert.Equal([release.Groups[0].Value], values[release.Id]));
    }
}
