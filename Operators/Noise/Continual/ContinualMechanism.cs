using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;

namespace AkkaPrivacy.Operators.Noise.Continual;

/// <summary>
/// Publishes the running total of a number after each of T steps, at one cost for all of them. The plan of a period: one
/// <see cref="RunningTotal"/> a group is started from it, and a new one in the next period.
/// </summary>
/// <remarks>Instances are immutable and may be shared between threads. The proofs are in the folder's README.</remarks>
public abstract class ContinualMechanism
{
    /// <summary>The largest T.</summary>
    public const int MaxSteps = 1 << 14;

    /// <summary>Prepares the noise.</summary>
    /// <param name="request">Steps, participations, contribution and cost.</param>
    /// <param name="patternSquares">The largest sum of squares over what the noise is added to that one subject can make with a
    /// contribution of 1 in each of its steps.</param>
    private protected ContinualMechanism(ContinualRequest request, UInt128 patternSquares)
    {
        Request = request;
        Noise = patternSquares <= UInt128.MaxValue / request.SquaredContribution
            ? new DiscreteGaussian(request.SquaredContribution * patternSquares, request.NanoRho)
            : throw new ArgumentOutOfRangeException(nameof(request), "the contribution is too large for noise of 64 bits");
    }

    /// <summary>What was asked.</summary>
    public ContinualRequest Request { get; }

    /// <summary>The mechanism and its parameters.</summary>
    public abstract string Description { get; }

    /// <summary>What all steps together cost a subject that is in at most W of them.</summary>
    public PrivacyCost Cost => PrivacyCost.FromUnits(PrivacyMeasure.ZeroConcentrated, Request.NanoRho);

    /// <summary>The noise that is added inside.</summary>
    internal DiscreteGaussian Noise { get; }

    /// <summary>The standard deviation of the largest error of all steps.</summary>
    public double LargestStandardDeviation => Enumerable.Range(1, Request.Steps).Max(StandardDeviation);

    /// <summary>The standard deviation of the published total after a step.</summary>
    /// <param name="step">From 1 to T.</param>
    /// <returns>In units of the value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public double StandardDeviation(int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, Request.Steps);
        return Noise.StandardDeviation * Math.Sqrt(SquaredWeights(step));
    }

    /// <summary>The half width of a confidence interval around the published total after a step.</summary>
    /// <param name="step">From 1 to T.</param>
    /// <param name="confidence">Above 0 and below 1.</param>
    /// <returns>That of a normal error, and half a unit for what is discrete: the error is a weighted sum of independent
    /// discrete Gaussians.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public double HalfWidth(int step, double confidence) => confidence > 0 && confidence < 1
        ? (NormalTail.Quantile((1 - confidence) / 2) * StandardDeviation(step)) + 0.5
        : throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "confidence must be above 0 and below 1");

    /// <summary>Starts the total of one group.</summary>
    /// <returns>The total, 0 before the first step.</returns>
    public abstract RunningTotal Start();

    /// <summary>Takes up a saved total.</summary>
    /// <param name="state">What <see cref="RunningTotal.Save"/> gave.</param>
    /// <returns>The total.</returns>
    /// <exception cref="FormatException">The state is not one of this mechanism.</exception>
    public abstract RunningTotal Resume(ReadOnlySpan<long> state);

    /// <summary>The parameter of the Gaussian noise inside, in units of the value.</summary>
    internal abstract double Sigma { get; }

    /// <summary>The sum of the squares of the weights with which noise is in the total after a step.</summary>
    private protected abstract double SquaredWeights(int step);
}
