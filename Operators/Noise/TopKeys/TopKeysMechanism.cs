using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise.TopKeys;

/// <summary>A planned choice of the largest keys.</summary>
internal sealed class TopKeysMechanism : ITopKeys
{
    private readonly TopKeysRequest _request;
    private readonly ExactChoice _choice;

    public TopKeysMechanism(TopKeysRequest request, INoiseMechanism? values)
    {
        (_request, Values) = (request, values);
        var denominator = (UInt128)PrivacyCost.UnitsPerEpsilon * (UInt128)request.Sensitivity * (request.IsOneSided ? 1u : 2u);
        _choice = new ExactChoice((ulong)request.NanoEpsilonOfAPick, denominator, request.Cost.Measure == PrivacyMeasure.Pure);
        Scale = (request.IsOneSided ? 1.0 : 2.0) * request.Sensitivity / (request.NanoEpsilonOfAPick / (double)PrivacyCost.UnitsPerEpsilon);
        Cost = values is null ? request.Cost : request.Cost + values.Cost;
    }

    public int Top => _request.Top;

    public INoiseMechanism? Values { get; }

    public PrivacyCost Cost { get; }

    public double Scale { get; }

    public string Description => FormattableString.Invariant(
        $"{Name}(keys={Top}, nano-epsilon-of-a-pick={_request.NanoEpsilonOfAPick}, sensitivity={_request.Sensitivity}, {(_request.IsOneSided ? "one-sided" : "two-sided")})")
        + (Values is null ? string.Empty : $" + {Values.Description}");

    public string Reason => FormattableString.Invariant(
        $"{Top} of {_request.Keys} keys in order by {(_request.Cost.Measure == PrivacyMeasure.Pure ? "permute-and-flip" : "the exponential mechanism")}, each pick at epsilon {_request.NanoEpsilonOfAPick / 1e9:0.#########}; the choice costs {_request.Cost}")
        + (Values is null ? string.Empty : $", and the values {Values.Cost}")
        + ". The error above says how far a chosen key's value may lie below the largest of those that are left";

    // Of the exponential variables that permute-and-flip compares, or of the Gumbel variables of the exponential mechanism.
    public double StandardDeviation => _request.Cost.Measure == PrivacyMeasure.Pure ? Scale : Scale * Math.PI / Math.Sqrt(6);

    // A key that lies t below the largest is taken with odds of at most e^(-t / scale), against each of the other keys and in each of the picks.
    public long HalfWidth(double confidence) => (long)Math.Ceiling(Scale * Math.Max(0, Math.Log(Math.Max(1.0, _request.Keys - 1) * Top / (1 - confidence))));

    public void Choose(ReadOnlySpan<long> values, Span<int> chosen, IRandomSource randomness)
    {
        using var bits = new RandomBits(randomness);
        _choice.Choose(values, chosen, bits);
    }

    private string Name => _request.Cost.Measure == PrivacyMeasure.Pure ? "permute-and-flip" : "exponential";
}

/// <summary>What a choice is made for.</summary>
/// <param name="Top">How many keys; 1 or more.</param>
/// <param name="Keys">Among how many.</param>
/// <param name="Sensitivity">By how much a subject changes a value; 1 to <see cref="DiscreteLaplace.MaxSensitivity"/>.</param>
/// <param name="IsOneSided">Whether a subject changes all values in one direction.</param>
/// <param name="Cost">What all picks cost together: pure, or in rho.</param>
internal sealed record TopKeysRequest(int Top, int Keys, long Sensitivity, bool IsOneSided, PrivacyCost Cost)
{
    /// <summary>The largest whole nano-epsilon of a pick whose sum over the picks, or sum of epsilon^2 / 8, is the cost at most.</summary>
    public long NanoEpsilonOfAPick => Cost.Measure == PrivacyMeasure.Pure ? Cost.Loss / Top : Root((UInt128)8 * PrivacyCost.UnitsPerEpsilon * (UInt128)Cost.Loss / (UInt128)Top);

    private static long Root(UInt128 square)
    {
        var root = (UInt128)Math.Sqrt((double)square);
        while (root * root > square)
        {
            root--;
        }

        while ((root + 1) * (root + 1) <= square)
        {
            root++;
        }

        return (long)root;
    }
}
