using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Operators.Noise;

namespace AkkaPrivacy.Operators.KeySelection;

/// <summary>
/// Keeps a group with an unknown key with a probability that grows with its number of subjects, so that the presence of a
/// key reveals no subject.
/// </summary>
public sealed class SelectKeys : KeySelectionNode
{
    /// <summary>The largest <see cref="PreThreshold"/>.</summary>
    public const int MaxPreThreshold = 1_000_000;

    /// <summary>Truncated geometric selection, which keeps most keys for its cost.</summary>
    /// <param name="epsilon">What one selection costs; from <see cref="PrivacyCost.MinEpsilon"/> to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
    /// <param name="delta">Probability with which a subject may be revealed; from <see cref="PrivacyCost.MinDelta"/> to
    /// <see cref="PrivacyCost.MaxDelta"/>.</param>
    public SelectKeys(double epsilon, double delta)
        : this(KeySelectionMechanism.TruncatedGeometric, epsilon, delta)
    {
    }

    /// <summary>Selection by any mechanism.</summary>
    /// <param name="mechanism">How keys are chosen.</param>
    /// <param name="cost">What one selection costs: a rho for <see cref="KeySelectionMechanism.GaussianThreshold"/>, an epsilon for
    /// the others; in the ranges of <see cref="PrivacyCost"/>.</param>
    /// <param name="delta">As of the other constructor.</param>
    public SelectKeys(KeySelectionMechanism mechanism, double cost, double delta)
    {
        var inRho = mechanism == KeySelectionMechanism.GaussianThreshold;
        (Mechanism, Epsilon, Rho, Delta) = (mechanism, inRho ? 0 : cost, inRho ? cost : null, delta);
    }

    /// <summary>How keys are chosen.</summary>
    public KeySelectionMechanism Mechanism { get; }

    /// <summary>What one selection costs; 0 when it costs a rho.</summary>
    public double Epsilon { get; }

    /// <summary>What one selection costs in rho; null when it costs an epsilon.</summary>
    public double? Rho { get; }

    /// <summary>Probability with which a subject may be revealed.</summary>
    public double Delta { get; }

    /// <summary>How many subjects a key needs to be considered at all, 1 to <see cref="MaxPreThreshold"/>. Default: 1. Selection
    /// then sees each number less by this and more by one.</summary>
    public int PreThreshold { get; init; } = 1;

    /// <summary>Selection by a threshold on numbers of subjects with discrete Laplace noise.</summary>
    /// <param name="epsilon">As of the constructor.</param>
    /// <param name="delta">As of the constructor.</param>
    /// <param name="preThreshold">See <see cref="PreThreshold"/>. Default: 1.</param>
    /// <returns>The node.</returns>
    public static SelectKeys ByLaplaceThreshold(double epsilon, double delta, int preThreshold = 1) =>
        new(KeySelectionMechanism.LaplaceThreshold, epsilon, delta) { PreThreshold = preThreshold };

    /// <summary>Selection by a threshold on numbers of subjects with discrete Gaussian noise, for accounts in rho. Where a subject
    /// may be in many keys it keeps more of them than the others.</summary>
    /// <param name="rho">What one selection costs; from <see cref="PrivacyCost.MinRho"/> to <see cref="PrivacyCost.MaxRho"/>.</param>
    /// <param name="delta">As of the constructor.</param>
    /// <param name="preThreshold">See <see cref="PreThreshold"/>. Default: 1.</param>
    /// <returns>The node.</returns>
    public static SelectKeys ByGaussianThreshold(double rho, double delta, int preThreshold = 1) =>
        new(KeySelectionMechanism.GaussianThreshold, rho, delta) { PreThreshold = preThreshold };

    /// <inheritdoc />
    public override IKeySelection? Plan(QueryPlan query, PlanErrors errors)
    {
        if (Fault() is { } fault)
        {
            errors.Add(this, $"key selection of query '{query.Name}' {fault}");
            return null;
        }

        try
        {
            return Create(query.Bounded.Bounds.Groups);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            errors.Add(this, $"key selection of query '{query.Name}': {exception.Message}");
            return null;
        }
    }

    private string? Fault()
    {
        if (PreThreshold is < 1 or > MaxPreThreshold)
        {
            return $"has a pre-threshold of {PreThreshold}; it must be from 1 to {MaxPreThreshold}";
        }

        if (Rho is { } rho)
        {
            return rho is >= PrivacyCost.MinRho and <= PrivacyCost.MaxRho && Delta is >= PrivacyCost.MinDelta and <= PrivacyCost.MaxDelta
                ? null
                : $"has rho {rho:R} and delta {Delta:R}; rho must be from {PrivacyCost.MinRho:R} to {PrivacyCost.MaxRho:R} and delta from {PrivacyCost.MinDelta:R} to {PrivacyCost.MaxDelta:R}";
        }

        return Epsilon is >= PrivacyCost.MinEpsilon and <= PrivacyCost.MaxEpsilon && Delta is >= PrivacyCost.MinDelta and <= PrivacyCost.MaxDelta
            ? null
            : $"has epsilon {Epsilon:R} and delta {Delta:R}; epsilon must be from {PrivacyCost.MinEpsilon:R} to {PrivacyCost.MaxEpsilon:R} and delta from {PrivacyCost.MinDelta:R} to {PrivacyCost.MaxDelta:R}";
    }

    private Selection Create(int groups)
    {
        var cost = Rho is { } rho ? PrivacyCost.ZeroConcentrated(rho, Delta) : PrivacyCost.Approximate(Epsilon, Delta);
        if (Mechanism == KeySelectionMechanism.TruncatedGeometric)
        {
            var geometric = new TruncatedGeometric(cost.Loss, cost.AttoDelta, groups);
            return new Selection(FormattableString.Invariant($"truncated-geometric(epsilon={cost.Epsilon:R}, delta={cost.Delta:R}"), cost, PreThreshold, geometric.Keep, geometric.SubjectsFor);
        }

        var isLaplace = Mechanism == KeySelectionMechanism.LaplaceThreshold;
        var threshold = isLaplace
            ? NoisyThreshold.Laplace(cost.Loss, cost.AttoDelta, groups)
            : NoisyThreshold.Gaussian(cost.Loss, cost.AttoDelta, groups);
        var loss = FormattableString.Invariant($"{(isLaplace ? "laplace-threshold(epsilon" : "gaussian-threshold(rho")}={cost.Epsilon:R}, delta={cost.Delta:R}, threshold={threshold.Threshold}");
        return new Selection(loss, cost, PreThreshold, threshold.Keep, threshold.SubjectsFor);
    }

    private sealed class Selection(
        string description, PrivacyCost cost, int preThreshold, Func<long, RandomBits, bool> keepOne, Func<double, long> subjectsFor) : IKeySelection
    {
        public string Description => preThreshold == 1 ? $"{description})" : FormattableString.Invariant($"{description}, pre-threshold={preThreshold})");

        public PrivacyCost Cost => cost;

        public long SubjectsFor(double probability) => subjectsFor(probability) + preThreshold - 1;

        public void Select(ReadOnlySpan<long> subjects, Span<bool> keep, IRandomSource randomness)
        {
            using var bits = new RandomBits(randomness);
            for (var i = 0; i < subjects.Length; i++)
            {
                keep[i] = keepOne(subjects[i] - preThreshold + 1, bits);
            }
        }
    }
}
