using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise.TopKeys;

/// <summary>
/// Publishes the keys with the largest values of a known set, in order (<see cref="AggregateNode.Top"/>), and their noised values if
/// asked. Its cost does not depend on how many keys there are, nor on in how many groups a subject counts.
/// </summary>
/// <remarks>For counts, sums and distinct subjects with known keys. With epsilon, by permute-and-flip; with rho, by the exponential mechanism,
/// whose range of losses is bounded. The proofs are in this folder's README.</remarks>
public sealed class TopKeysNoise : NoiseNode
{
    /// <summary>The most keys that are chosen.</summary>
    public const int MaxTop = 1_000;

    /// <summary>The most known keys times the keys that are chosen: each pick looks at all that are left.</summary>
    public const long MaxLooks = 100_000_000;

    private readonly PrivacyMeasure _measure;
    private readonly double _cost;
    private readonly double? _values;

    /// <summary>A choice whose cost is an epsilon.</summary>
    /// <param name="epsilon">What the choice of all keys of a window costs a subject that is in it; from <see cref="PrivacyCost.MinEpsilon"/>
    /// to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
    /// <param name="valuesEpsilon">What discrete Laplace noise on the chosen keys' values costs beside it; null publishes the keys alone, with
    /// their places as values. Default: null.</param>
    public TopKeysNoise(double epsilon, double? valuesEpsilon = null)
        : this(PrivacyMeasure.Pure, epsilon, valuesEpsilon)
    {
    }

    /// <summary>A choice whose cost is in a measure.</summary>
    /// <param name="measure">Pure: costs are epsilons. Zero-concentrated: costs are rhos, and values have discrete Gaussian noise.</param>
    /// <param name="cost">What the choice of all keys of a window costs; from <see cref="PrivacyCost.MinEpsilon"/> to
    /// <see cref="PrivacyCost.MaxEpsilon"/>, or from <see cref="PrivacyCost.MinRho"/> to <see cref="PrivacyCost.MaxRho"/>.</param>
    /// <param name="values">What noise on the chosen keys' values costs beside it; null publishes the keys alone. Default: null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The measure is approximate: a choice has no delta.</exception>
    public TopKeysNoise(PrivacyMeasure measure, double cost, double? values = null)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(measure, PrivacyMeasure.Approximate);
        (_measure, _cost, _values) = (measure, cost, values);
    }

    /// <inheritdoc />
    public override string Kind => "top-keys";

    /// <inheritdoc />
    public override bool ChoosesKeys => true;

    /// <inheritdoc />
    public override INoise? Plan(QueryPlan query, PlanErrors errors)
    {
        var unit = _measure == PrivacyMeasure.Pure ? "epsilon" : "rho";
        if ((Fault(query, _cost, unit) ?? (_values is { } cost ? Fault(query, cost, $"the values' {unit}") : null)) is { } range)
        {
            errors.Add(this, range);
            return null;
        }

        var top = query.Top ?? 1;
        var request = new TopKeysRequest(top, query.Bounded.KnownKeys?.Count ?? top, query.ScoreSensitivity, query.IsOneSided, Cost(_cost));
        var fault = top > MaxTop || (long)request.Keys * top > MaxLooks ? $"top-keys of query '{query.Name}' chooses {top} of {request.Keys} keys; at most {MaxTop}, and at most {MaxLooks} keys times picks"
            : request.Sensitivity > DiscreteLaplace.MaxSensitivity ? $"a subject changes a value of query '{query.Name}' by {request.Sensitivity} units; at most 2^40: lower its bounds"
            : request.NanoEpsilonOfAPick < 1 ? $"{unit} {_cost:R} of query '{query.Name}' leaves less than 1e-9 for each of {top} picks: raise it or choose fewer keys"
            : null;
        if (fault is not null)
        {
            errors.Add(this, fault);
            return null;
        }

        // A subject is in at most L0 groups, of which at most all chosen ones are published.
        var shown = query with { Bounded = query.Bounded with { Bounds = query.Bounded.Bounds with { Groups = Math.Min(top, query.Bounded.Bounds.Groups) } } };
        NoiseNode? node = _values is not { } value ? null
            : _measure == PrivacyMeasure.Pure ? new LaplaceNoise(value) { Origin = Origin } : new GaussianNoise(value) { Origin = Origin };
        var values = node?.Plan(shown, errors);
        return node is not null && values is null ? null : new TopKeysMechanism(request, (INoiseMechanism?)values);
    }

    private PrivacyCost Cost(double cost) => _measure == PrivacyMeasure.Pure ? PrivacyCost.Pure(cost) : PrivacyCost.ZeroConcentrated(cost);

    private string? Fault(QueryPlan query, double cost, string unit)
    {
        var (least, most) = _measure == PrivacyMeasure.Pure ? (PrivacyCost.MinEpsilon, PrivacyCost.MaxEpsilon) : (PrivacyCost.MinRho, PrivacyCost.MaxRho);
        return cost >= least && cost <= most ? null : $"{unit} of query '{query.Name}' is {cost:R}; it must be from {least:R} to {most:R}";
    }
}
