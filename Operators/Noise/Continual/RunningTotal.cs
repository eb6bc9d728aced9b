namespace AkkaPrivacy.Operators.Noise.Continual;

/// <summary>The running total of one group in one period. Belongs to one thread at a time.</summary>
/// <remarks>Its state holds exact numbers beside noised ones and is to be protected as a checkpoint is. A step that is taken
/// again after a crash from a stored state draws anew: store the state, or what it published, in the transaction that
/// publishes.</remarks>
public abstract class RunningTotal
{
    private readonly int _steps;

    /// <summary>Starts at 0.</summary>
    /// <param name="steps">T.</param>
    private protected RunningTotal(int steps) => _steps = steps;

    /// <summary>How many steps were taken.</summary>
    public int Step { get; private protected set; }

    /// <summary>The noised total after the last step; not rounded, may be negative.</summary>
    public abstract double Estimate { get; }

    /// <summary>Takes a step.</summary>
    /// <param name="value">What the step adds, bounded per subject as the request states.</param>
    /// <param name="bits">Where the bits come from; a cryptographic source for anything that is released.</param>
    /// <exception cref="InvalidOperationException">All T steps were taken.</exception>
    /// <exception cref="OverflowException">A sum does not fit 64 bits; the total is then unusable.</exception>
    public void Add(long value, RandomBits bits)
    {
        if (Step == _steps)
        {
            throw new InvalidOperationException($"All {_steps} steps of the period were taken: start a new total.");
        }

        Step++;
        Take(value, bits);
    }

    /// <summary>The state, for a checkpoint.</summary>
    /// <returns>Whole numbers; doubles as their bits.</returns>
    public abstract long[] Save();

    /// <summary>Takes the step whose number is <see cref="Step"/>.</summary>
    private protected abstract void Take(long value, RandomBits bits);
}
