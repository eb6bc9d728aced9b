using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Noise.Continual;

/// <summary>A continual mechanism as a query's noise.</summary>
internal sealed class ContinualNoisePlan((ContinualMechanism Mechanism, string Reason) choice, PrivacyCost cost) : IContinualMechanism
{
    private readonly ContinualMechanism _mechanism = choice.Mechanism;
    private readonly int _worst = Enumerable.Range(1, choice.Mechanism.Request.Steps).MaxBy(choice.Mechanism.StandardDeviation);

    public string Description => _mechanism.Description;

    public string Reason => choice.Reason;

    public PrivacyCost Cost => cost;

    public double Scale => _mechanism.Sigma;

    public double StandardDeviation => StandardDeviationAt(_worst);

    public long HalfWidth(double confidence) => HalfWidthAt(_worst, confidence);

    // Totals are rounded to whole units, which adds an error of at most a half.
    public double StandardDeviationAt(int step) => Math.Sqrt(Math.Pow(_mechanism.StandardDeviation(step), 2) + (1 / 12.0));

    public long HalfWidthAt(int step, double confidence) => (long)Math.Ceiling(_mechanism.HalfWidth(step, confidence) + 0.5);

    public IContinualTotals Start(int groups, SnapshotReader? state = null) => new Totals(
        [.. Enumerable.Range(0, groups).Select(_ => state is null ? _mechanism.Start() : Resume(state))]);

    private RunningTotal Resume(SnapshotReader state)
    {
        try
        {
            return _mechanism.Resume(state.ReadArray<long>());
        }
        catch (FormatException fault)
        {
            throw new SnapshotException($"The stored running totals are damaged: {fault.Message}.");
        }
    }

    private sealed class Totals(RunningTotal[] groups) : IContinualTotals
    {
        public void Add(ReadOnlySpan<long> values, IRandomSource randomness)
        {
            using var bits = new RandomBits(randomness);
            for (var i = 0; i < groups.Length; i++)
            {
                groups[i].Add(values[i], bits);
            }
        }

        public void CopyTo(Span<long> totals)
        {
            for (var i = 0; i < groups.Length; i++)
            {
                totals[i] = checked((long)Math.Round(groups[i].Estimate));
            }
        }

        public void Save(SnapshotWriter writer)
        {
            foreach (var group in groups)
            {
                writer.WriteArray<long>(group.Save());
            }
        }
    }
}
