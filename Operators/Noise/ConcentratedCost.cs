using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>The cost of Gaussian noise as it was given: a rho, or an epsilon and a delta, which stand for the largest rho that is
/// (epsilon, delta)-private.</summary>
internal readonly record struct ConcentratedCost(double? Rho, double Epsilon, double Delta)
{
    /// <summary>What the account is charged.</summary>
    public PrivacyCost Cost => Rho is { } rho ? PrivacyCost.ZeroConcentrated(rho) : PrivacyCost.Approximate(Epsilon, Delta);

    /// <summary>What the noise is calibrated to.</summary>
    public long NanoRho => Rho is null ? (long)Math.Floor(PrivacyConversions.LargestRho(Epsilon, Delta) * PrivacyCost.UnitsPerEpsilon) : Cost.Loss;

    /// <summary>What is out of range; null when nothing is.</summary>
    public string? Fault(string query)
    {
        if (Rho is { } rho)
        {
            return rho is >= PrivacyCost.MinRho and <= PrivacyCost.MaxRho
                ? null
                : $"rho of query '{query}' is {rho:R}; it must be from {PrivacyCost.MinRho:R} to {PrivacyCost.MaxRho:R}";
        }

        return Epsilon is >= PrivacyCost.MinEpsilon and <= PrivacyCost.MaxEpsilon && Delta is >= PrivacyCost.MinDelta and <= PrivacyCost.MaxDelta
            ? null
            : $"the noise of query '{query}' has epsilon {Epsilon:R} and delta {Delta:R}; epsilon must be from {PrivacyCost.MinEpsilon:R} to {PrivacyCost.MaxEpsilon:R} and delta from {PrivacyCost.MinDelta:R} to {PrivacyCost.MaxDelta:R}";
    }
}
