using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Operators.Noise;

namespace AkkaPrivacy.Operators.KeySelection;

/// <summary>
/// Keeps a group with an unknown key with a probability that grows with its number of subjects (truncated geometric,
/// optimal for its cost), so that the presence of a key reveals no subject.
/// </summary>
/// <param name="epsilon">What one selection costs; from <see cref="PrivacyCost.MinEpsilon"/> to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
/// <param name="delta">Probability with which a subject may be revealed; from <see cref="PrivacyCost.MinDelta"/> to
/// <see cref="PrivacyCost.MaxDelta"/>.</param>
public sealed class SelectKeys(double epsilon, double delta) : KeySelectionNode
{
    /// <summary>What one selection costs.</summary>
    public double Epsilon { get; } = epsilon;

    /// <summary>Probability with which a subject may be revealed.</summary>
    public double Delta { get; } = delta;

    /// <inheritdoc />
    public override IKeySelection? Plan(QueryPlan query, PlanErrors errors)
    {
        var inRange = Epsilon is >= PrivacyCost.MinEpsilon and <= PrivacyCost.MaxEpsilon
            && Delta is >= PrivacyCost.MinDelta and <= PrivacyCost.MaxDelta;
        if (!inRange)
        {
            errors.Add(this, $"key selection of query '{query.Name}' has epsilon {Epsilon:R} and delta {Delta:R}; epsilon must be from {PrivacyCost.MinEpsilon:R} to {PrivacyCost.MaxEpsilon:R} and delta from {PrivacyCost.MinDelta:R} to {PrivacyCost.MaxDelta:R}");
            return null;
        }

        var cost = PrivacyCost.Approximate(Epsilon, Delta);
        try
        {
            return new Selection(new TruncatedGeometric(cost.Loss, cost.AttoDelta, query.Bounded.Bounds.Groups), cost);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            errors.Add(this, $"key selection of query '{query.Name}': {exception.Message}");
            return null;
        }
    }

    private sealed class Selection(TruncatedGeometric geometric, PrivacyCost cost) : IKeySelection
    {
        public string Description => FormattableString.Invariant($"truncated-geometric(epsilon={cost.Epsilon:R}, delta={cost.Delta:R})");

        public PrivacyCost Cost => cost;

        public long SubjectsFor(double probability) => geometric.SubjectsFor(probability);

        public void Select(ReadOnlySpan<long> subjects, Span<bool> keep, IRandomSource randomness)
        {
            using var bits = new RandomBits(randomness);
            for (var i = 0; i < subjects.Length; i++)
            {
                keep[i] = geometric.Keep(subjects[i], bits);
            }
        }
    }
}
