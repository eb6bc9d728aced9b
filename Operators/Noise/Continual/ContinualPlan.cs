namespace AkkaPrivacy.Operators.Noise.Continual;

/// <summary>The mechanism with the smaller largest error, and why it was chosen.</summary>
public sealed record ContinualPlan
{
    private ContinualPlan(ContinualMechanism mechanism, string reason) => (Mechanism, Reason) = (mechanism, reason);

    /// <summary>The chosen mechanism.</summary>
    public ContinualMechanism Mechanism { get; }

    /// <summary>The largest standard deviations of both, in words.</summary>
    public string Reason { get; }

    /// <summary>Compares the tree with Honaker's estimator and the square-root factorisation.</summary>
    /// <param name="request">Steps, participations, contribution and cost.</param>
    /// <returns>The better one; the tree where both are equal, since its state is smaller.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The noise of neither fits 64 bits.</exception>
    public static ContinualPlan Choose(ContinualRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var tree = new TreeMechanism(request);
        if (Factorisation(request) is not { } toeplitz)
        {
            return new ContinualPlan(tree, FormattableString.Invariant($"tree with Honaker's estimator, largest standard deviation {tree.LargestStandardDeviation:G4}: the square-root factorisation's noise would not fit 64 bits"));
        }

        var (a, b) = (tree.LargestStandardDeviation, toeplitz.LargestStandardDeviation);
        return a <= b
            ? new ContinualPlan(tree, FormattableString.Invariant($"tree with Honaker's estimator: largest standard deviation {a:G4} of {request.Steps} totals, {b:G4} with the square-root factorisation"))
            : new ContinualPlan(toeplitz, FormattableString.Invariant($"square-root factorisation: largest standard deviation {b:G4} of {request.Steps} totals, {a:G4} with a tree and Honaker's estimator"));
    }

    // Its noise is in units of 2^-24, so it meets the limit of 64 bits earlier.
    private static ToeplitzMechanism? Factorisation(ContinualRequest request)
    {
        var squares = ToeplitzMechanism.PatternSquares(request);
        var sigma = Math.Sqrt((double)squares * (double)request.SquaredContribution / (2e-9 * request.NanoRho));
        return sigma < DiscreteGaussian.MaxSigma / 2 ? new ToeplitzMechanism(request) : null;
    }
}
