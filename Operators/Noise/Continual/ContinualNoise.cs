using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise.Continual;

/// <summary>How the totals of a period share noise.</summary>
public enum ContinualStrategy
{
    /// <summary>Whichever has the smaller largest error.</summary>
    Best,

    /// <summary>The binary tree with Honaker's estimator.</summary>
    Tree,

    /// <summary>The square-root factorisation of prefix sums.</summary>
    SquareRoot,
}

/// <summary>
/// Noise for running totals: all totals until the next start cost what is given here, once. The noise of a total grows with the
/// logarithm of the number of steps, where that of a sum of noised windows grows with its root.
/// </summary>
/// <remarks>For counts and sums that run (<see cref="AggregateNode.RunningPeriod"/>), with known keys. A subject that counts in at most
/// W windows of an accounting period changes at most W steps by its rows of that period, which is what one charge pays for. The proofs
/// are in this folder's README.</remarks>
public sealed class ContinualNoise : NoiseNode
{
    /// <summary>The most groups: the state of every group is stored with each window.</summary>
    public const int MaxGroups = 100_000;

    /// <summary>The most steps times groups for the factorisation, whose state holds every step; about 4 MiB.</summary>
    public const int MaxCells = 1 << 18;

    private readonly ConcentratedCost _cost;

    /// <summary>Noise for an account in rho.</summary>
    /// <param name="rho">What all totals of one running period cost together; from <see cref="PrivacyCost.MinRho"/> to
    /// <see cref="PrivacyCost.MaxRho"/>.</param>
    public ContinualNoise(double rho) => _cost = new ConcentratedCost(rho, 0, 0);

    /// <summary>Noise for an account in epsilon and delta, calibrated as in <see cref="GaussianNoise(double, double)"/>.</summary>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
    /// <param name="delta">From <see cref="PrivacyCost.MinDelta"/> to <see cref="PrivacyCost.MaxDelta"/>.</param>
    public ContinualNoise(double epsilon, double delta) => _cost = new ConcentratedCost(null, epsilon, delta);

    /// <inheritdoc />
    public override string Kind => "continual-noise";

    /// <summary>How the totals share noise. Default: <see cref="ContinualStrategy.Best"/>.</summary>
    public ContinualStrategy Strategy { get; init; }

    /// <inheritdoc />
    public override INoise? Plan(QueryPlan query, PlanErrors errors)
    {
        var fault = _cost.Fault(query.Name) ?? Fault(query);
        if (fault is null)
        {
            try
            {
                return new ContinualNoisePlan(Choose(query), _cost.Cost);
            }
            catch (Exception failure) when (failure is ArgumentOutOfRangeException or OverflowException)
            {
                fault = $"the noise of query '{query.Name}' would be too large for 64 bits, or its rho below 1e-9; lower its bounds ({query.Bounded.Bounds.Groups} groups of {query.PerGroup} units, {query.Bounded.Bounds.Windows} windows) or raise the cost";
            }
        }

        errors.Add(this, fault);
        return null;
    }

    private static int Steps(QueryPlan query) => (int)(query.RunningMs!.Value / query.Bounded.WindowMs);

    private string? Fault(QueryPlan query)
    {
        if (query.RunningMs is not { } running || query.Part is not null || query.Bounded.KnownKeys is not { } keys)
        {
            return $"continual noise is for running totals; query '{query.Name}' is none: give it a running period, or noise of each window (laplace, gaussian)";
        }

        var period = query.Bounded.PeriodMs;
        return query switch
        {
            _ when running % period != 0 && period % running != 0 =>
                $"query '{query.Name}' runs for {TimeSpan.FromMilliseconds(running)}, which must divide the accounting period ({TimeSpan.FromMilliseconds(period)}) or be a multiple of it",
            _ when keys.Count > MaxGroups => $"query '{query.Name}' has {keys.Count} known keys; with continual noise at most {MaxGroups} are allowed",
            _ when Strategy == ContinualStrategy.SquareRoot && (long)Steps(query) * keys.Count > MaxCells =>
                $"query '{query.Name}' has {Steps(query)} steps of {keys.Count} groups; the square-root strategy takes at most {MaxCells} in all: take the tree",
            _ => null,
        };
    }

    private (ContinualMechanism Mechanism, string Reason) Choose(QueryPlan query)
    {
        var (steps, groups) = (Steps(query), query.Bounded.KnownKeys!.Count);
        var request = new ContinualRequest(steps, Math.Min(steps, query.Bounded.Bounds.Windows), query.SquaredSensitivity, _cost.NanoRho);
        if (Strategy == ContinualStrategy.SquareRoot)
        {
            return (new ToeplitzMechanism(request), "the square-root factorisation was asked for");
        }

        if (Strategy == ContinualStrategy.Tree)
        {
            return (new TreeMechanism(request), "the tree was asked for");
        }

        if ((long)steps * groups > MaxCells)
        {
            return (new TreeMechanism(request), FormattableString.Invariant($"tree with Honaker's estimator: {steps} steps of {groups} groups are more than the {MaxCells} that the square-root factorisation can store"));
        }

        var plan = ContinualPlan.Choose(request);
        return (plan.Mechanism, plan.Reason);
    }
}
