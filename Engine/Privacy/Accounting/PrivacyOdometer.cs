namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>Adds up what adaptively chosen mechanisms cost, and states it at any time. It refuses nothing;
/// <see cref="PrivacyFilter"/> does.</summary>
/// <remarks>One instance belongs to one thread at a time.</remarks>
/// <param name="measure">How losses are counted. Pure and approximate costs add up in every measure that holds them; a
/// zero-concentrated odometer counts epsilon as epsilon^2 / 2.</param>
public sealed class PrivacyOdometer(PrivacyMeasure measure)
{
    /// <summary>The sum so far.</summary>
    public PrivacyCost Spent { get; private set; } = PrivacyCost.Zero(measure);

    /// <summary>How many costs were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a cost.</summary>
    /// <param name="cost">The cost.</param>
    /// <exception cref="ArgumentException">It is 0, or the odometer's measure cannot hold it.</exception>
    /// <exception cref="OverflowException">The sum exceeds the range of the units; nothing was added.</exception>
    public void Add(PrivacyCost cost)
    {
        Spent += In(Spent.Measure, cost);
        Count++;
    }

    /// <summary>What the sum means as an epsilon.</summary>
    /// <param name="delta">Above 0 and below 1; used by a zero-concentrated odometer only, on top of the delta spent.</param>
    /// <returns>The epsilon, rounded up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delta is out of range or not a number.</exception>
    public double Epsilon(double delta) => PrivacyConversions.EpsilonOf(Spent, delta);

    /// <summary>A cost in a measure.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="cost">The cost, not 0: what costs nothing is a mistake of who asks.</param>
    /// <returns>The converted cost.</returns>
    internal static PrivacyCost In(PrivacyMeasure measure, PrivacyCost cost) => cost.IsZero
        ? throw new ArgumentException("A cost of 0 is none.", nameof(cost))
        : cost.ConvertTo(measure)
            ?? throw new ArgumentException($"A cost in measure {PrivacyMeasureNames.ToName(cost.Measure)} cannot be counted in measure {PrivacyMeasureNames.ToName(measure)}.", nameof(cost));
}
