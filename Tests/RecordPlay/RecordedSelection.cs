using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Operators.KeySelection;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>Key selection whose every call goes through a recorder.</summary>
internal sealed class RecordedSelection(SelectKeys inner, Recorder recorder) : KeySelectionNode
{
    public override string Kind => inner.Kind;

    public override IKeySelection? Plan(QueryPlan query, PlanErrors errors) =>
        inner.Plan(query, errors) is { } selection ? new Selection(selection, query, inner.PreThreshold, recorder) : null;

    private sealed class Selection(IKeySelection inner, QueryPlan query, int preThreshold, Recorder recorder) : IKeySelection
    {
        public string Description => inner.Description;

        public PrivacyCost Cost => inner.Cost;

        public long SubjectsFor(double probability) => inner.SubjectsFor(probability);

        public void Select(ReadOnlySpan<long> subjects, Span<bool> keep, IRandomSource randomness)
        {
            inner.Select(subjects, keep, randomness);
            recorder.Select(new PlayCall(PlayCallKind.Selection, query, Description, Cost, 0), subjects.ToArray(), preThreshold).CopyTo(keep);
        }
    }
}
