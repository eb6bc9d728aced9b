using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// Exact discrete Laplace noise on every value of a release: scale = sensitivity / epsilon, pure differential privacy.
/// </summary>
/// <param name="epsilon">What one release costs a subject that is in it; from <see cref="PrivacyCost.MinEpsilon"/> to
/// <see cref="PrivacyCost.MaxEpsilon"/>.</param>
public sealed class LaplaceNoise(double epsilon) : NoiseNode
{
    /// <inheritdoc />
    public override string Kind => "laplace-noise";

    /// <summary>What one release costs a subject that is in it.</summary>
    public double Epsilon { get; } = epsilon;

    /// <inheritdoc />
    public override INoise? Plan(QueryPlan query, PlanErrors errors)
    {
        if (Epsilon is not (>= PrivacyCost.MinEpsilon and <= PrivacyCost.MaxEpsilon))
        {
            errors.Add(this, $"epsilon of query '{query.Name}' is {Epsilon:R}; it must be from {PrivacyCost.MinEpsilon:R} to {PrivacyCost.MaxEpsilon:R}");
            return null;
        }

        var cost = PrivacyCost.Pure(Epsilon);
        if (query.Sensitivity > DiscreteLaplace.MaxSensitivity || query.Sensitivity / Epsilon > DiscreteLaplace.MaxScale)
        {
            errors.Add(this, $"the noise of query '{query.Name}' would have scale {query.Sensitivity / Epsilon:G3} units; lower its bounds ({query.Bounded.Bounds.Groups} groups of {query.PerGroup} units) or raise epsilon");
            return null;
        }

        var laplace = new DiscreteLaplace(query.Sensitivity, cost.Loss);
        return new DiscreteMechanism(laplace, FormattableString.Invariant($"discrete-laplace(scale={laplace.Scale:R})"), laplace.Scale, cost);
    }
}
