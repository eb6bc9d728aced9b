using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// Exact discrete Gaussian noise on every value of a release: sigma^2 = (L2 sensitivity)^2 / (2 rho),
/// rho-zero-concentrated differential privacy.
/// </summary>
public sealed class GaussianNoise : NoiseNode
{
    private readonly double? _epsilon;
    private readonly double? _delta;

    /// <summary>Noise for an account in rho.</summary>
    /// <param name="rho">What one release costs a subject that is in it; from <see cref="PrivacyCost.MinRho"/> to
    /// <see cref="PrivacyCost.MaxRho"/>.</param>
    public GaussianNoise(double rho) => Rho = rho;

    /// <summary>Noise for an account in epsilon and delta. It is calibrated to the largest rho that is
    /// (<paramref name="epsilon"/>, <paramref name="delta"/>)-private.</summary>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
    /// <param name="delta">From <see cref="PrivacyCost.MinDelta"/> to <see cref="PrivacyCost.MaxDelta"/>.</param>
    public GaussianNoise(double epsilon, double delta) => (_epsilon, _delta) = (epsilon, delta);

    /// <inheritdoc />
    public override string Kind => "gaussian-noise";

    /// <summary>What one release costs a subject that is in it; null when epsilon and delta are given.</summary>
    public double? Rho { get; }

    /// <inheritdoc />
    public override INoiseMechanism? Plan(QueryPlan query, PlanErrors errors)
    {
        if (Range(query.Name) is { } fault)
        {
            errors.Add(this, fault);
            return null;
        }

        var cost = Rho is { } rho ? PrivacyCost.ZeroConcentrated(rho) : PrivacyCost.Approximate(_epsilon!.Value, _delta!.Value);
        var nanoRho = Rho is null ? (long)Math.Floor(PrivacyConversions.LargestRho(_epsilon!.Value, _delta!.Value) * PrivacyCost.UnitsPerEpsilon) : cost.Loss;
        try
        {
            var gaussian = new DiscreteGaussian(query.SquaredSensitivity, nanoRho);
            return new DiscreteMechanism(gaussian, FormattableString.Invariant($"discrete-gaussian(sigma={gaussian.Sigma:R})"), gaussian.Sigma, cost);
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or OverflowException)
        {
            errors.Add(this, $"the noise of query '{query.Name}' would be too large for 64 bits, or its rho below 1e-9; lower its bounds ({query.Bounded.Bounds.Groups} groups of {query.PerGroup} units) or raise the cost");
            return null;
        }
    }

    private string? Range(string name)
    {
        if (Rho is { } rho)
        {
            return rho is >= PrivacyCost.MinRho and <= PrivacyCost.MaxRho
                ? null
                : $"rho of query '{name}' is {rho:R}; it must be from {PrivacyCost.MinRho:R} to {PrivacyCost.MaxRho:R}";
        }

        return _epsilon is >= PrivacyCost.MinEpsilon and <= PrivacyCost.MaxEpsilon && _delta is >= PrivacyCost.MinDelta and <= PrivacyCost.MaxDelta
            ? null
            : $"the noise of query '{name}' has epsilon {_epsilon:R} and delta {_delta:R}; epsilon must be from {PrivacyCost.MinEpsilon:R} to {PrivacyCost.MaxEpsilon:R} and delta from {PrivacyCost.MinDelta:R} to {PrivacyCost.MaxDelta:R}";
    }
}
