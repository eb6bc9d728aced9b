using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.KeySelection;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads the <c>key-selection</c> of a query.</summary>
internal static class KeySelectionSection
{
    private static readonly Rule<KeySelectionMechanism> Mechanism = Rules.Choice(
        ("truncated-geometric", KeySelectionMechanism.TruncatedGeometric),
        ("laplace-threshold", KeySelectionMechanism.LaplaceThreshold),
        ("gaussian-threshold", KeySelectionMechanism.GaussianThreshold));

    public static KeySelectionOptions? Read(Section section)
    {
        if (!section.IsPresent)
        {
            return null;
        }

        var mechanism = section.Get("mechanism", Mechanism, "truncated-geometric");
        var inRho = mechanism == KeySelectionMechanism.GaussianThreshold;
        var (used, unused) = inRho ? ("rho", "epsilon") : ("epsilon", "rho");
        section.TryGet(unused, inRho ? PrivacyRules.Epsilon : PrivacyRules.Rho, out _);
        if (section.Has(unused))
        {
            section.Error(unused, $"found where it has no meaning; this mechanism costs a {used}");
        }

        var cost = section.Require(used, inRho ? PrivacyRules.Rho : PrivacyRules.Epsilon, 1);
        var delta = section.Require("delta", PrivacyRules.Delta, 1e-6);
        var preThreshold = section.Get("pre-threshold", Rules.Integer(1, SelectKeys.MaxPreThreshold), "1");
        section.Done();
        return new KeySelectionOptions(mechanism, cost, delta, preThreshold);
    }
}
