using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Noise.Continual;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads the <c>noise</c> of a query.</summary>
internal static class NoiseSection
{
    private static readonly Rule<NoiseKind> Mechanism = Rules.Choice(("laplace", NoiseKind.Laplace), ("gaussian", NoiseKind.Gaussian), ("continual", NoiseKind.Continual), ("top-keys", NoiseKind.TopKeys));
    private static readonly Rule<ContinualStrategy> Strategy = Rules.Choice(("best", ContinualStrategy.Best), ("tree", ContinualStrategy.Tree), ("square-root", ContinualStrategy.SquareRoot));

    public static NoiseOptions Read(Section section)
    {
        var kind = section.Get("mechanism", Mechanism, "laplace");
        section.TryGet("strategy", Strategy, out var strategy);
        if (kind != NoiseKind.Continual)
        {
            Superfluous(section, "strategy", "of mechanism continual only");
        }

        return kind switch
        {
            NoiseKind.Laplace => Laplace(section),
            NoiseKind.TopKeys => TopKeys(section),
            _ => Concentrated(section, kind) with { Strategy = strategy },
        };
    }

    private static NoiseOptions TopKeys(Section section)
    {
        var hasRho = section.TryGet("rho", PrivacyRules.Rho, out var rho) || section.Has("rho");
        var epsilon = hasRho ? WithoutEpsilon(section) : section.Require("epsilon", PrivacyRules.Epsilon, 1);
        section.TryGet("delta", PrivacyRules.Delta, out _);
        Superfluous(section, "delta", "of mechanisms gaussian and continual only");
        double? values = section.Has("values") ? Values(section.Child("values"), hasRho) : null;
        section.Done();
        return new NoiseOptions(NoiseKind.TopKeys, hasRho ? (rho == 0 ? 1 : rho) : null, epsilon, 0) { Values = values };
    }

    // Choice and values are counted in one unit.
    private static double Values(Section section, bool inRho)
    {
        var hasRho = section.TryGet("rho", PrivacyRules.Rho, out var rho);
        var hasEpsilon = section.TryGet("epsilon", PrivacyRules.Epsilon, out var epsilon);
        section.Done();
        var (name, allowed, has, cost) = inRho ? ("rho", PrivacyRules.Rho.Allowed, hasRho, rho) : ("epsilon", PrivacyRules.Epsilon.Allowed, hasEpsilon, epsilon);
        if (!section.Has(name))
        {
            section.Missing(name, $"{allowed}, in the unit of the choice");
        }

        Superfluous(section, inRho ? "epsilon" : "rho", "in the unit of the choice only");
        return has ? cost : 1;
    }

    private static NoiseOptions Laplace(Section section)
    {
        var epsilon = section.Require("epsilon", PrivacyRules.Epsilon, 1);
        section.TryGet("rho", PrivacyRules.Rho, out _);
        section.TryGet("delta", PrivacyRules.Delta, out _);
        section.Done();
        Superfluous(section, "rho", "of mechanisms gaussian and continual only");
        Superfluous(section, "delta", "of mechanisms gaussian and continual only");
        return new NoiseOptions(NoiseKind.Laplace, null, epsilon, 0);
    }

    private static NoiseOptions Concentrated(Section section, NoiseKind kind)
    {
        var hasRho = section.TryGet("rho", PrivacyRules.Rho, out var rho) || section.Has("rho");
        var hasDelta = section.TryGet("delta", PrivacyRules.Delta, out var delta) || section.Has("delta");
        var epsilon = hasRho ? WithoutEpsilon(section) : section.Require("epsilon", PrivacyRules.Epsilon, 1);
        section.Done();
        if (hasRho)
        {
            Superfluous(section, "delta", "beside epsilon, not beside rho");
            return new NoiseOptions(kind, rho == 0 ? 1 : rho, 0, 0);
        }

        if (!hasDelta)
        {
            section.Missing("delta", $"{PrivacyRules.Delta.Allowed} beside epsilon, or rho alone");
        }

        return new NoiseOptions(kind, null, epsilon, delta == 0 ? 1e-6 : delta);
    }

    private static double WithoutEpsilon(Section section)
    {
        if (section.TryGet("epsilon", PrivacyRules.Epsilon, out _))
        {
            section.Error("epsilon", "found beside rho; allowed is rho alone, or epsilon and delta");
        }

        return 1;
    }

    private static void Superfluous(Section section, string key, string allowed)
    {
        if (section.Has(key))
        {
            section.Error(key, $"found where it has no meaning; allowed is {key} {allowed}");
        }
    }
}
