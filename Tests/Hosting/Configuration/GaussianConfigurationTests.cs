using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Hosting.Check;
using AkkaPrivacy.Operators.Noise;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Configuration;

public sealed class GaussianConfigurationTests
{
    private static readonly string InRho = Pipelines.Sound.Replace("epsilon = 2,", "rho = 0.5,", StringComparison.Ordinal);

    [Fact]
    public void A_budget_in_rho_holds_gaussian_noise_laplace_noise_and_key_selection()
    {
        var configuration = Pipelines.Bind(
            InRho.Replace("clamp { upper = 1000 }, window = 1d, noise { epsilon = 0.25 }", "clamp { upper = 1000 }, window = 1d, noise { mechanism = gaussian, rho = 0.125 }", StringComparison.Ordinal));
        var queries = configuration.Plan.Branches.SelectMany(branch => branch.Queries).ToDictionary(query => query.Query.Name, query => query.Query);

        Assert.Equal(PrivacyCost.ZeroConcentrated(0.5, 1e-6), configuration.Plan.Account.BudgetPerPeriod);
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.03125), queries["visitors"].Charge);
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.125 + 0.03125, 1e-6), queries["pages"].Charge);
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.125), queries["volume"].Charge);
        Assert.Equal("discrete-gaussian(sigma=2000)", queries["volume"].Noise!.Description);
    }

    [Fact]
    public void The_plan_states_rho_and_the_epsilon_that_it_means()
    {
        var report = PrivacyPlanBuilder.Build(Pipelines.Bind(InRho));
        var text = new StringWriter();
        PrivacyPlanText.Write(report, text);

        Assert.Equal(0.5, report.Period.Budget.Rho);
        Assert.InRange(report.Period.Budget.Epsilon, 5, 5.3);
        Assert.Contains("rho 0.5 (epsilon 5.", text.ToString());
        Assert.Equal("zero-concentrated", report.Account.Measure);
    }

    [Fact]
    public void Gaussian_noise_in_epsilon_and_delta_is_no_larger_than_the_bound_allows()
    {
        var plan = Pipelines.Bind(
            Pipelines.Sound.Replace("bounds { windows = 2 }, noise { epsilon = 0.25 }", "bounds { windows = 2 }, noise { mechanism = gaussian, epsilon = 0.25, delta = 1e-7 }", StringComparison.Ordinal)).Plan;
        var visitors = plan.Branches.SelectMany(branch => branch.Queries).Single(query => query.Query.Name == "visitors").Query;

        Assert.Equal(PrivacyCost.Approximate(0.25, 1e-7), visitors.Cost);

        // rho is about epsilon^2 / (4 ln(1/delta)): sigma is sqrt(2 ln(1/delta)) / epsilon, 22.7, and a little less by the tight bound.
        Assert.InRange(visitors.Noise!.StandardDeviation, 18, 22.7);
        Assert.Equal(new DiscreteGaussian(1, (long)(1e9 / (2 * Math.Pow(visitors.Noise.Scale, 2)))).HalfWidth(0.95), visitors.Noise.HalfWidth(0.95));
    }
}
