using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>What epsilons and deltas may be, wherever they stand.</summary>
internal static class PrivacyRules
{
    /// <summary>An epsilon.</summary>
    public static Rule<double> Epsilon { get; } = Rules.Number(PrivacyCost.MinEpsilon, PrivacyCost.MaxEpsilon);

    /// <summary>A rho.</summary>
    public static Rule<double> Rho { get; } = Rules.Number(PrivacyCost.MinRho, PrivacyCost.MaxRho);

    /// <summary>A delta above 0.</summary>
    public static Rule<double> Delta { get; } = Rules.Number(PrivacyCost.MinDelta, PrivacyCost.MaxDelta);

    /// <summary>A delta, or 0 for none.</summary>
    public static Rule<double> DeltaOrZero { get; } = Rules.Number(PrivacyCost.MinDelta, PrivacyCost.MaxDelta, orZero: true);
}
