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
    public override INoiseMechanism? Plan(QueryPlan query, PlanErrors errors)
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

        return new Mechanism(new DiscreteLaplace(query.Sensitivity, cost.Loss), cost);
    }

    private sealed class Mechanism(DiscreteLaplace laplace, PrivacyCost cost) : INoiseMechanism
    {
        public string Description => FormattableString.Invariant($"discrete-laplace(scale={laplace.Scale:R})");

        public PrivacyCost Cost => cost;

        public double Scale => laplace.Scale;

        public double StandardDeviation => laplace.StandardDeviation;

        public long HalfWidth(double confidence) => laplace.HalfWidth(confidence);

        public void AddNoise(Span<long> values, IRandomSource randomness)
        {
            using var bits = new RandomBits(randomness);
            var noise = new long[values.Length];
            laplace.Fill(noise, bits);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = checked(values[i] + noise[i]);
            }

            Array.Clear(noise);
        }
    }
}
