using System.Collections.Immutable;

namespace AkkaPrivacy.AkkaNet.Singleton.Ownership;

/// <summary>Which incarnation of which node runs a pipeline and closes its windows. At most one at a time, each under an
/// epoch of its own.</summary>
/// <remarks>This decides who should run; it does not make two runs impossible, since a node that is cut off learns late that
/// it has lost a pipeline. The store's epoch does: a run acquires it when it starts, and whoever held it before can commit
/// nothing more.</remarks>
public sealed class PipelineOwner : IStateMachine<OwnerState, OwnerCommand, OwnerEvent>
{
    /// <summary>The most pipelines that are kept apart.</summary>
    public const int MaxPipelines = 10_000;

    private const int MaxName = 512;
    private const int MaxPlan = 128;

    /// <inheritdoc />
    public OwnerState Initial { get; } = new(ImmutableSortedDictionary.Create<string, PipelineOwnership>(StringComparer.Ordinal));

    /// <summary>How its events are written.</summary>
    /// <returns>The format.</returns>
    public static MachineFormat<OwnerState, OwnerCommand, OwnerEvent> Format() => new("pipeline-owner", 1);

    /// <inheritdoc />
    public MachineDecision<OwnerEvent> Decide(OwnerState state, OwnerCommand command) => command switch
    {
        OfferToRun offer => Decide(state, offer),
        ReleaseRun release => Decide(state, release),
        ReportLost lost => Decide(state, lost),
        _ => Rejected("an unknown command"),
    };

    /// <inheritdoc />
    public OwnerState Evolve(OwnerState state, OwnerEvent happened) => happened switch
    {
        RunAssigned assigned => With(state, assigned, new PipelineOwnership(assigned.Node, assigned.Epoch, assigned.Plan)),
        RunReleased or RunLost => With(state, happened, state.Pipelines[happened.Pipeline] with { Node = null }),
        _ => throw new MachineFormatException("an unknown event"),
    };

    private static OwnerState With(OwnerState state, OwnerEvent happened, PipelineOwnership ownership) =>
        new(state.Pipelines.SetItem(happened.Pipeline, ownership));

    private static MachineDecision<OwnerEvent> Decide(OwnerState state, OfferToRun offer)
    {
        if (!IsName(offer.Pipeline, MaxName) || !IsName(offer.Node, MaxName) || !IsName(offer.Plan, MaxPlan))
        {
            return Rejected($"a pipeline and a node have 1 to {MaxName} characters, a plan 1 to {MaxPlan}");
        }

        if (!state.Pipelines.TryGetValue(offer.Pipeline, out var now))
        {
            return state.Pipelines.Count < MaxPipelines
                ? MachineDecision<OwnerEvent>.Happens(new RunAssigned(offer.Pipeline, offer.Node, 1, offer.Plan))
                : Rejected($"this cluster knows {MaxPipelines} pipelines already");
        }

        if (now.Node is null)
        {
            return MachineDecision<OwnerEvent>.Happens(new RunAssigned(offer.Pipeline, offer.Node, now.Epoch + 1, offer.Plan));
        }

        // Releases of another plan have other ids: two plans that take turns would both spend.
        return now.Plan == offer.Plan
            ? MachineDecision<OwnerEvent>.Nothing
            : Rejected($"{OtherPlan}: pipeline '{offer.Pipeline}' runs with plan {now.Plan}, and this node has plan {offer.Plan}");
    }

    private static MachineDecision<OwnerEvent> Decide(OwnerState state, ReleaseRun release)
    {
        if (!state.Pipelines.TryGetValue(release.Pipeline, out var now) || release.Epoch > now.Epoch)
        {
            return Rejected($"epoch {release.Epoch} was never assigned");
        }

        // Whoever was superseded has nothing to let go of, which is what it asked for.
        return now.Node == release.Node && now.Epoch == release.Epoch
            ? MachineDecision<OwnerEvent>.Happens(new RunReleased(release.Pipeline, release.Node, release.Epoch))
            : MachineDecision<OwnerEvent>.Nothing;
    }

    private static MachineDecision<OwnerEvent> Decide(OwnerState state, ReportLost lost) => MachineDecision<OwnerEvent>.Happens(
        [.. state.Pipelines.Where(pipeline => pipeline.Value.Node == lost.Node).Select(pipeline => new RunLost(pipeline.Key, lost.Node, pipeline.Value.Epoch))]);

    private static MachineDecision<OwnerEvent> Rejected(string reason) => MachineDecision<OwnerEvent>.Rejected(reason);

    private static bool IsName(string text, int most) => text.Length > 0 && text.Length <= most;

    /// <summary>How a rejection starts that asking again does not mend.</summary>
    internal const string OtherPlan = "other plan";
}
