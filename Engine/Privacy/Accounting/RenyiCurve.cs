namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>The Renyi divergence of every order between what a mechanism gives on neighbours, at most: a number for each order
/// above 1, which does not fall as the order grows.</summary>
public sealed class RenyiCurve
{
    private readonly Func<double, double> _loss;

    private RenyiCurve(Func<double, double> loss, double pure)
    {
        _loss = loss;
        Pure = pure;
    }

    /// <summary>The limit at infinite order: a pure epsilon, or infinity when there is none.</summary>
    public double Pure { get; }

    /// <summary>The loss at an order.</summary>
    /// <param name="order">Above 1 and finite.</param>
    /// <returns>0 or more.</returns>
    public double At(double order) => Math.Max(0, Math.Min(_loss(order), Pure));

    /// <summary>Any epsilon-private mechanism; randomized response has exactly this curve.</summary>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
    /// <returns>ln((e^(a epsilon) + e^((1 - a) epsilon)) / (1 + e^epsilon)) / (a - 1).</returns>
    /// <exception cref="ArgumentOutOfRangeException">The epsilon is out of range or not a number.</exception>
    public static RenyiCurve OfPure(double epsilon)
    {
        RequireEpsilon(epsilon);
        return new RenyiCurve(
            a => (((a - 1) * epsilon) + LogOnePlus(Math.Exp((1 - (2 * a)) * epsilon)) - LogOnePlus(Math.Exp(-epsilon))) / (a - 1), epsilon);
    }

    /// <summary>Laplace noise of scale sensitivity / epsilon on one real number.</summary>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
    /// <returns>epsilon + ln(1 + (a - 1)(e^((1 - 2a) epsilon) - 1) / (2a - 1)) / (a - 1): Mironov 2017, proposition 6.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The epsilon is out of range or not a number.</exception>
    public static RenyiCurve OfLaplace(double epsilon)
    {
        RequireEpsilon(epsilon);
        return new RenyiCurve(
            a => epsilon + (LogOnePlus((a - 1) * ExpMinusOne((1 - (2 * a)) * epsilon) / ((2 * a) - 1)) / (a - 1)), epsilon);
    }

    /// <summary>A zero-concentrated mechanism, discrete and continuous Gaussian noise among them.</summary>
    /// <param name="rho">From <see cref="PrivacyCost.MinRho"/> to <see cref="PrivacyCost.MaxRho"/>.</param>
    /// <returns>a rho.</returns>
    /// <exception cref="ArgumentOutOfRangeException">rho is out of range or not a number.</exception>
    public static RenyiCurve OfZeroConcentrated(double rho) => rho is >= PrivacyCost.MinRho and <= PrivacyCost.MaxRho
        ? new RenyiCurve(a => a * rho, double.PositiveInfinity)
        : throw new ArgumentOutOfRangeException(nameof(rho), rho, $"rho must be from {PrivacyCost.MinRho:R} to {PrivacyCost.MaxRho:R}");

    private static void RequireEpsilon(double epsilon)
    {
        if (epsilon is not (>= PrivacyCost.MinEpsilon and <= PrivacyCost.MaxEpsilon))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"epsilon must be from {PrivacyCost.MinEpsilon:R} to {PrivacyCost.MaxEpsilon:R}");
        }
    }

    // Kahan's correction: the rounding error of 1 + x cancels in the quotient.
    private static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    private static double ExpMinusOne(double x)
    {
        double e = Math.Exp(x);
        return e == 1 ? x : e - 1 is var less && less > -0.5 && less < 0.5 ? less * (x / Math.Log(e)) : less;
    }
}
