using AkkaPrivacy.AkkaNet.Singleton;
using AkkaPrivacy.AkkaNet.Singleton.Ownership;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Singleton;

public sealed class PipelineOwnerTests
{
    private static readonly PipelineOwner Machine = new();

    [Fact]
    public void The_first_offer_wins_and_later_ones_wait()
    {
        var state = After(new OfferToRun("p", "a#1", "plan"), new OfferToRun("p", "b#1", "plan"), new OfferToRun("p", "a#1", "plan"));
        Assert.Equal(new PipelineOwnership("a#1", 1, "plan"), state.Pipelines["p"]);
    }

    [Fact]
    public void A_released_pipeline_goes_to_the_next_offer_under_a_new_epoch()
    {
        var state = After(new OfferToRun("p", "a#1", "plan"), new ReleaseRun("p", "a#1", 1), new OfferToRun("p", "b#1", "plan"));
        Assert.Equal(new PipelineOwnership("b#1", 2, "plan"), state.Pipelines["p"]);
    }

    [Fact]
    public void A_lost_node_loses_all_it_owned_and_nothing_else()
    {
        var state = After(new OfferToRun("p", "a#1", "x"), new OfferToRun("q", "a#1", "y"), new OfferToRun("r", "b#1", "z"), new ReportLost("a#1"));
        Assert.Equal([null, null, "b#1"], state.Pipelines.Values.Select(ownership => ownership.Node));
    }

    [Fact]
    public void A_stale_incarnation_releases_nothing()
    {
        var state = After(new OfferToRun("p", "a#1", "plan"), new ReportLost("a#1"), new OfferToRun("p", "b#1", "plan"));
        var decision = Machine.Decide(state, new ReleaseRun("p", "a#1", 1));
        Assert.Equal((0, null), (decision.Events.Count, decision.Rejection));
        Assert.Contains("never assigned", Machine.Decide(state, new ReleaseRun("p", "b#1", 3)).Rejection, StringComparison.Ordinal);
        Assert.Contains("never assigned", Machine.Decide(state, new ReleaseRun("other", "b#1", 1)).Rejection, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_plan_is_refused_while_one_runs_and_taken_afterwards()
    {
        var state = After(new OfferToRun("p", "a#1", "plan"));
        Assert.StartsWith(PipelineOwner.OtherPlan, Machine.Decide(state, new OfferToRun("p", "b#1", "changed")).Rejection, StringComparison.Ordinal);
        state = After(new OfferToRun("p", "a#1", "plan"), new ReleaseRun("p", "a#1", 1), new OfferToRun("p", "b#1", "changed"));
        Assert.Equal("changed", state.Pipelines["p"].Plan);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(513, 1, 1)]
    [InlineData(1, 513, 1)]
    [InlineData(1, 1, 129)]
    [InlineData(1, 1, 0)]
    public void Names_have_a_length(int pipeline, int node, int plan) =>
        Assert.NotNull(Machine.Decide(Machine.Initial, new OfferToRun(new('p', pipeline), new('n', node), new('h', plan))).Rejection);

    [Fact]
    public void Any_order_of_commands_leaves_at_most_one_owner_and_epochs_only_grow() => Prop.ForAll(
        Gen.Elements(Commands()).ListOf().ToArbitrary(),
        commands =>
        {
            var (state, owner, epoch) = (Machine.Initial, (string?)null, 0L);
            foreach (var happened in commands.SelectMany(command => Apply(ref state, command)))
            {
                Assert.True(happened is RunAssigned ? owner is null && happened.Epoch == epoch + 1 : owner == happened.Node && happened.Epoch == epoch);
                (owner, epoch) = (happened is RunAssigned ? happened.Node : null, happened.Epoch);
            }
        }).QuickCheckThrowOnFailure();

    private static OwnerCommand[] Commands() =>
    [
        new OfferToRun("p", "a#1", "x"), new OfferToRun("p", "b#1", "x"), new OfferToRun("p", "c#1", "y"), new ReleaseRun("p", "a#1", 1),
        new ReleaseRun("p", "b#1", 1), new ReleaseRun("p", "b#1", 2), new ReleaseRun("p", "a#1", 3), new ReportLost("a#1"), new ReportLost("b#1"), new ReportLost("c#1"),
    ];

    private static OwnerState After(params OwnerCommand[] commands)
    {
        var state = Machine.Initial;
        foreach (var command in commands)
        {
            Apply(ref state, command);
        }

        return state;
    }

    private static IReadOnlyList<OwnerEvent> Apply(ref OwnerState state, OwnerCommand command)
    {
        var decision = Machine.Decide(state, command);
        state = decision.Events.Aggregate(state, Machine.Evolve);
        return decision.Events;
    }
}
