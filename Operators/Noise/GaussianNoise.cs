using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// Exact discrete Gaussian noise on every value of a release: sigma^2 = (L2 sensitivity)^2 / (2 rho),
/// rho-zero-concentrated differential privacy.
/// </summary>
public sealed class GaussianNoise : NoiseNode
{
    private readonly ConcentratedCost _cost;

    /// <summary>Noise for an account in rho.</summary>
    /// <param name="rho">What one release costs a subject that is in it; from <see cref="PrivacyCost.MinRho"/> to
    /// <see cref="PrivacyCost.MaxRho"/>.</param>
    public GaussianNoise(double rho) => _cost = new ConcentratedCost(rho, 0, 0);

    /// <summary>Noise for an account in epsilon and delta. It is calibrated to the largest rho that is
    /// (<paramref name="epsilon"/>, <paramref name="delta"/>)-private.</summary>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
    /// <param name="delta">From <see cref="PrivacyCost.MinDelta"/> to <see cref="PrivacyCost.MaxDelta"/>.</param>
    public GaussianNoise(double epsilon, double delta) => _cost = new ConcentratedCost(null, epsilon, delta);

    /// <inheritdoc />
    public override string Kind => "gaussian-noise";

    /// <summary>What one release costs a subject that is in it; null when epsilon and delta are given.</summary>
    public double? Rho => _cost.Rho;

    /// <inheritdoc />
    public override INoise? Plan(QueryPlan query, PlanErrors errors)
    {
        if (_cost.Fault(query.Name) is { } fault)
        {
            errors.Add(this, fault);
            return null;
        }

        try
        {
            var gaussian = new DiscreteGaussian(query.SquaredSensitivity, _cost.NanoRho);
            return new DiscreteMechanism(gaussian, FormattableString.Invariant($"discrete-gaussian(sigma={gaussian.Sigma:R})"), gaussian.Sigma, _cost.Cost);
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or OverflowException)
        {
            errors.Add(this, $"the noise of query '{query.Name}' would be too large for 64 bits, or its rho below 1e-9; lower its bounds ({query.Bounded.Bounds.Groups} groups of {query.PerGroup} units) or raise the cost");
            return null;
        }
    }
}
