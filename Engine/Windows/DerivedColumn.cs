namespace AkkaPrivacy.Engine.Windows;

/// <summary>What a derived column adds for a subject.</summary>
public enum DerivedKind
{
    /// <summary>Its total less the centre, in whole units.</summary>
    Value,

    /// <summary>The square of that, less half of the largest square.</summary>
    Square,

    /// <summary>One if its total lies in the range, otherwise nothing.</summary>
    Bin,
}

/// <summary>A column that is computed, when a window fires, of each subject's total of a measure in a group: each subject
/// counts once in it.</summary>
/// <param name="Sum">Index of the measure in <see cref="BoundedWindowPlan.Sums"/>.</param>
/// <param name="Kind">What is computed.</param>
/// <param name="Lower">The total is raised to this at least; of a bin, its lower end.</param>
/// <param name="Upper">The total is lowered to this at most; of a bin, its upper end, exclusive.</param>
/// <param name="Centre">What is taken off a value.</param>
/// <param name="Unit">What a value is divided by, towards 0; 1 or more.</param>
public sealed record DerivedColumn(int Sum, DerivedKind Kind, long Lower, long Upper, long Centre = 0, long Unit = 1)
{
    /// <summary>The largest magnitude of <see cref="DerivedKind.Value"/>.</summary>
    public long Largest => Math.Max(Upper - Centre, Centre - Lower) / Unit;

    /// <summary>What is taken off a square, so that it changes a sum by as little as can be: half of the largest square.</summary>
    public long SquareCentre => Largest * Largest / 2;

    /// <summary>What a subject adds.</summary>
    /// <param name="total">Its total, not clamped.</param>
    /// <returns>The value, square or membership.</returns>
    public long Of(Int128 total)
    {
        if (Kind == DerivedKind.Bin)
        {
            // The ends of long stand for no end.
            var held = (long)Int128.Clamp(total, long.MinValue, long.MaxValue - 1);
            return held >= Lower && held < Upper ? 1 : 0;
        }

        var value = ((long)Int128.Clamp(total, Lower, Upper) - Centre) / Unit;
        return Kind == DerivedKind.Value ? value : (value * value) - SquareCentre;
    }
}
