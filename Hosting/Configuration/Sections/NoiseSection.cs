using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Noise.Continual;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads the <c>noise</c> of a query.</summary>
internal static class NoiseSection
{
    private static readonly Rule<NoiseKind> Mechanism = Rules.Choice(("laplace", NoiseKind.Laplace), ("gaussian", NoiseKind.Gaussian), ("continual", NoiseKind.Continual));
    private static readonly Rule<ContinualStrategy> Strategy = Rules.Choice(("best", ContinualStrategy.Best), ("tree", ContinualStrategy.Tree), ("square-root", ContinualStrategy.SquareRoot));

    public static NoiseOptions Read(Section section)
    {
        var kind = section.Get("mechanism", Mechanism, "laplace");
        section.TryGet("strategy", Strategy, out var strategy);
        if (kind != NoiseKind.Continual)
        {
            Superfluous(section, "strategy", "of mechanism continual only");
        }

        return (kind == NoiseKind.Laplace ? Laplace(section) : Concentrated(section, kind)) with { Strategy = strategy };
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
