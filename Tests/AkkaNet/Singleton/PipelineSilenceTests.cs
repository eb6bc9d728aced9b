using System.Collections.Concurrent;
using Akka.Actor;
using AkkaPrivacy.AkkaNet.Singleton;
using AkkaPrivacy.AkkaNet.Singleton.Ownership;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Akka;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Singleton;

/// <summary>Offers that nobody answers.</summary>
public sealed class PipelineSilenceTests() : ActorTestKit(Complete(Loopback.WithFallback(Memory)))
{
    private static readonly DateTimeOffset Start = new(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ConcurrentQueue<(TimeSpan Waited, bool Running)> _silences = new();
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PipelineAgentOptions Options => new()
    {
        Pipeline = "p",
        Plan = "plan",
        Start = () => throw new InvalidOperationException("nothing was assigned"),
        OfferInterval = TimeSpan.FromMilliseconds(20),
        Silence = TimeSpan.FromMilliseconds(200),
        Silent = (waited, running) => _silences.Enqueue((waited, running)),
        Heard = () => _heard.TrySetResult(),
    };

    [Fact]
    public void It_is_told_after_the_stated_time_and_each_time_as_much_has_passed()
    {
        var watch = new SilenceWatch(Options with { Silence = TimeSpan.FromSeconds(60) }, Start);
        for (var second = 0; second < 125; second += 5)
        {
            watch.Note(false, Start.AddSeconds(second), second > 100);
        }

        Assert.Equal([(TimeSpan.FromSeconds(60), false), (TimeSpan.FromSeconds(120), true)], _silences);
        Assert.False(_heard.Task.IsCompleted);
        watch.Note(true, Start.AddSeconds(125), true);
        Assert.True(_heard.Task.IsCompleted);
        watch.Note(false, Start.AddSeconds(184), true);
        Assert.Equal(2, _silences.Count);
        watch.Note(false, Start.AddSeconds(185), true);
        Assert.Equal(TimeSpan.FromSeconds(60), _silences.Last().Waited);
    }

    [Fact]
    public void A_single_answer_that_was_lost_is_no_silence()
    {
        var watch = new SilenceWatch(Options with { Silence = TimeSpan.FromSeconds(60) }, Start);
        watch.Note(false, Start.AddSeconds(59), false);
        watch.Note(true, Start.AddSeconds(60), false);
        watch.Note(false, Start.AddSeconds(119), false);
        Assert.Empty(_silences);
        Assert.False(_heard.Task.IsCompleted);
    }

    [Fact]
    public async Task A_node_that_nobody_answers_says_so_goes_on_offering_and_can_be_drained()
    {
        Akka.Cluster.Cluster.Get(Sys).Join(Akka.Cluster.Cluster.Get(Sys).SelfAddress);
        var format = PipelineOwner.Format();
        var owner = new MachineClient<OwnerState, OwnerCommand, OwnerEvent>(TestActor, format, TimeSpan.FromMilliseconds(50));
        var result = new TaskCompletionSource<RunSummary?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = Options;
        var agent = Sys.ActorOf(Props.Create(() => new PipelineAgent(options, owner, result)));

        await AwaitConditionAsync(() => Task.FromResult(_silences.Count >= 2), TimeSpan.FromSeconds(30));
        Assert.All(_silences, silence => Assert.False(silence.Running));
        Assert.True(_silences.Last().Waited >= 2 * options.Silence);
        Assert.False(_heard.Task.IsCompleted);

        // Offers that were given up long ago, and those that come now.
        while (!_heard.Task.IsCompleted)
        {
            await ExpectMsgAsync<MachineCommand>(TimeSpan.FromSeconds(30));
            LastSender.Tell(new MachineReply("not now", format.Snapshot(new PipelineOwner().Initial)));
        }

        await agent.Ask<AgentDrained>(AgentDrain.Instance, TimeSpan.FromSeconds(10));
        Assert.Null(await result.Task);
    }

    [Fact]
    public void What_is_said_names_the_role_the_time_and_what_happens()
    {
        Assert.Contains("'ledger' has answered for 60 s. This node goes on waiting", SilenceText.Of(TimeSpan.FromSeconds(60.2), false), StringComparison.Ordinal);
        Assert.Contains("The run goes on", SilenceText.Of(TimeSpan.FromMinutes(3), true), StringComparison.Ordinal);
    }
}
