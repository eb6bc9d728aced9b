namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>
/// Adds up Renyi losses at a fixed set of orders and states the epsilon of the sum. The mechanisms may be chosen one after
/// the other, each in view of what the earlier ones gave, as long as their curves are fixed in advance.
/// </summary>
/// <remarks>For planning. Losses are doubles, raised by a relative 1e-12 at the end; the ledger counts in integers. One
/// instance belongs to one thread at a time.</remarks>
public sealed class RenyiAccountant
{
    private readonly double[] _orders;
    private readonly double[] _losses;
    private double _pure;

    /// <summary>Makes an accountant that has spent nothing.</summary>
    /// <param name="orders">Orders above 1; default <see cref="DefaultOrders"/>. More orders, tighter epsilons.</param>
    /// <exception cref="ArgumentException">There is no order, or one is not above 1 and finite.</exception>
    public RenyiAccountant(IReadOnlyList<double>? orders = null)
    {
        _orders = [.. orders ?? DefaultOrders];
        if (_orders.Length == 0 || _orders.Any(order => !(order > 1 && double.IsFinite(order))))
        {
            throw new ArgumentException("Orders are one or more numbers above 1.", nameof(orders));
        }

        _losses = new double[_orders.Length];
    }

    /// <summary>Orders from 1.001 to 2^16, each about 3% further from 1 than the one before.</summary>
    public static IReadOnlyList<double> DefaultOrders { get; } = [.. Enumerable.Range(0, 600).Select(i => 1 + (0.001 * Math.Pow(1.0305, i)))];

    /// <summary>Adds the loss of a mechanism.</summary>
    /// <param name="curve">Its curve.</param>
    /// <param name="times">How often it is used, 1 or more. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is used less than once.</exception>
    public void Add(RenyiCurve curve, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        for (int i = 0; i < _orders.Length; i++)
        {
            _losses[i] += times * curve.At(_orders[i]);
        }

        _pure += times * curve.Pure;
    }

    /// <summary>The epsilon at a delta.</summary>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <returns>The smallest that any order gives, the infinite one included; rounded up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delta is out of range or not a number.</exception>
    public double Epsilon(double delta)
    {
        double best = _pure;
        for (int i = 0; i < _orders.Length; i++)
        {
            best = double.IsFinite(_losses[i]) ? Math.Min(best, PrivacyConversions.RenyiToEpsilon(_orders[i], _losses[i], delta)) : best;
        }

        return best;
    }
}
