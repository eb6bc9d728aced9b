namespace AkkaPrivacy.Operators.Noise.Continual;

/// <summary>What a running total is to be: how long, how bounded and at what cost.</summary>
public sealed record ContinualRequest
{
    /// <summary>T: the steps of a period, 1 to <see cref="ContinualMechanism.MaxSteps"/>.</summary>
    public int Steps { get; }

    /// <summary>W: in how many steps of a period a subject may count, 1 to T.</summary>
    public int Participations { get; }

    /// <summary>The sum over groups of the squares of what a subject may contribute to each in one step: L0 Linf^2.</summary>
    public UInt128 SquaredContribution { get; }

    /// <summary>What all steps together cost, in nano-rho.</summary>
    public long NanoRho { get; }

    /// <summary>Makes a request.</summary>
    /// <param name="steps">See <see cref="Steps"/>.</param>
    /// <param name="participations">See <see cref="Participations"/>.</param>
    /// <param name="squaredContribution">See <see cref="SquaredContribution"/>; 1 to 2^100.</param>
    /// <param name="nanoRho">See <see cref="NanoRho"/>; 1 to <see cref="DiscreteGaussian.MaxNanoRho"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public ContinualRequest(int steps, int participations, UInt128 squaredContribution, long nanoRho)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, ContinualMechanism.MaxSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(participations, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(participations, steps);
        ArgumentOutOfRangeException.ThrowIfZero(squaredContribution);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(squaredContribution, (UInt128)1 << 100);
        ArgumentOutOfRangeException.ThrowIfLessThan(nanoRho, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nanoRho, DiscreteGaussian.MaxNanoRho);
        (Steps, Participations, SquaredContribution, NanoRho) = (steps, participations, squaredContribution, nanoRho);
    }
}
