using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>Noise whose every call goes through a recorder.</summary>
/// <param name="inner">The noise.</param>
/// <param name="recorder">The recorder.</param>
/// <param name="change">The query that noise is planned for instead, where a test declares too little; null for none.</param>
internal sealed class RecordedNoise(NoiseNode inner, Recorder recorder, Func<QueryPlan, QueryPlan>? change = null) : NoiseNode
{
    public override string Kind => inner.Kind;

    public override INoise? Plan(QueryPlan query, PlanErrors errors) => inner.Plan(change?.Invoke(query) ?? query, errors) switch
    {
        INoiseMechanism mechanism => new Mechanism(mechanism, query, recorder),
        IContinualMechanism mechanism => new Continual(mechanism, query, recorder),
        var other => other,
    };

    private abstract class Recorded(INoise inner, QueryPlan query, Recorder recorder) : INoise
    {
        public string Description => inner.Description;

        public PrivacyCost Cost => inner.Cost;

        public double Scale => inner.Scale;

        public double StandardDeviation => inner.StandardDeviation;

        protected Recorder Recorder => recorder;

        public long HalfWidth(double confidence) => inner.HalfWidth(confidence);

        protected PlayCall Call(PlayCallKind kind) => new(kind, query, Description, Cost, Scale);
    }

    private sealed class Mechanism(INoiseMechanism inner, QueryPlan query, Recorder recorder) : Recorded(inner, query, recorder), INoiseMechanism
    {
        public void AddNoise(Span<long> values, IRandomSource randomness) =>
            Recorder.Noise(Call(PlayCallKind.Noise), values, drawn => inner.AddNoise(drawn, randomness));
    }

    private sealed class Continual(IContinualMechanism inner, QueryPlan query, Recorder recorder) : Recorded(inner, query, recorder), IContinualMechanism
    {
        public string Reason => inner.Reason;

        public double StandardDeviationAt(int step) => inner.StandardDeviationAt(step);

        public long HalfWidthAt(int step, double confidence) => inner.HalfWidthAt(step, confidence);

        public IContinualTotals Start(int groups, SnapshotReader? state = null) => new Totals(inner.Start(groups, state), this);

        private sealed class Totals(IContinualTotals inner, Continual outer) : IContinualTotals
        {
            public void Add(ReadOnlySpan<long> values, IRandomSource randomness)
            {
                outer.Recorder.Step(outer.Call(PlayCallKind.Step), values);
                inner.Add(values, randomness);
            }

            public void CopyTo(Span<long> totals)
            {
                inner.CopyTo(totals);
                outer.Recorder.Totals(totals);
            }

            public void Save(SnapshotWriter writer) => inner.Save(writer);
        }
    }
}
