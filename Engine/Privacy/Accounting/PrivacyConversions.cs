namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>Tight conversions between measures. Losses are rounded up, what may be spent is rounded down.</summary>
public static class PrivacyConversions
{
    // A relative allowance for the rounding of logarithms and sums, far above it and far below what anyone would notice.
    private const double Slack = 1e-12;

    // Orders are searched as alpha - 1 = e^x; beyond these ends the bound is no better than at them.
    private const double SmallestLogOrder = -30;
    private const double LargestLogOrder = 40;
    private const int Bisections = 200;
    private const double SmallestDelta = 2.2250738585072014e-308;

    /// <summary>The epsilon at a delta of a mechanism with a given Renyi loss at one order.</summary>
    /// <param name="order">The order alpha, above 1.</param>
    /// <param name="loss">The Renyi divergence of that order, 0 or more.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <returns>loss + ln(1 - 1/alpha) - ln(delta alpha) / (alpha - 1), not below 0, rounded up.</returns>
    /// <remarks>Canonne, Kamath, Steinke 2020, proposition 12.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static double RenyiToEpsilon(double order, double loss, double delta)
    {
        Require(order > 1 && double.IsFinite(order), order, nameof(order), "an order must be above 1 and finite");
        Require(loss >= 0 && double.IsFinite(loss), loss, nameof(loss), "a loss must be 0 or more and finite");
        RequireDelta(delta);
        return Up(ToEpsilon(order - 1, loss, delta));
    }

    /// <summary>The smallest epsilon that rho-zero-concentrated privacy gives at a delta.</summary>
    /// <param name="rho">0 or more.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <returns>The minimum over all orders alpha of <see cref="RenyiToEpsilon"/> with loss alpha rho, rounded up. For example
    /// rho 1/32 and delta 1e-3 give 0.688, where the textbook's rho + 2 sqrt(rho ln(1/delta)) gives 0.960.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static double ZeroConcentratedToEpsilon(double rho, double delta)
    {
        Require(rho >= 0 && double.IsFinite(rho), rho, nameof(rho), "rho must be 0 or more and finite");
        RequireDelta(delta);
        return rho == 0 ? 0 : Up(Minimum(log => ToEpsilon(Math.Exp(log), rho * (1 + Math.Exp(log)), delta)));
    }

    /// <summary>The smallest delta that rho-zero-concentrated privacy gives at an epsilon.</summary>
    /// <param name="rho">0 or more.</param>
    /// <param name="epsilon">0 or more.</param>
    /// <returns>The minimum over alpha of e^((alpha - 1)(alpha rho - epsilon)) / (alpha - 1) (1 - 1/alpha)^alpha, rounded up, at
    /// most 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static double ZeroConcentratedToDelta(double rho, double epsilon)
    {
        Require(rho >= 0 && double.IsFinite(rho), rho, nameof(rho), "rho must be 0 or more and finite");
        Require(epsilon >= 0 && double.IsFinite(epsilon), epsilon, nameof(epsilon), "epsilon must be 0 or more and finite");
        if (rho == 0)
        {
            return 0;
        }

        double log = Minimum(x => LogDelta(Math.Exp(x), rho, epsilon));
        return Math.Min(1, Math.Exp(log) * (1 + (Slack * (1 + Math.Abs(log)))));
    }

    /// <summary>The largest rho that is (epsilon, delta)-private.</summary>
    /// <param name="epsilon">Above 0.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <returns>rho, rounded down: <see cref="ZeroConcentratedToEpsilon"/> of it is at most <paramref name="epsilon"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static double LargestRho(double epsilon, double delta)
    {
        Require(epsilon > 0 && double.IsFinite(epsilon), epsilon, nameof(epsilon), "epsilon must be above 0 and finite");
        RequireDelta(delta);
        double low = 0;
        double high = epsilon + 1;
        for (int i = 0; i < Bisections && low < high; i++)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                break;
            }

            (low, high) = ZeroConcentratedToEpsilon(middle, delta) <= epsilon ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The delta at which reports and tables state the epsilon of a zero-concentrated cost.</summary>
    public const double ReportedDelta = 1e-6;

    /// <summary>A cost as an (epsilon, delta) pair for reports: itself, or for a zero-concentrated one the epsilon at
    /// <see cref="ReportedDelta"/>, with the cost's own delta on top.</summary>
    /// <param name="cost">A cost in any measure.</param>
    /// <returns>The pair.</returns>
    public static (double Epsilon, double Delta) Reported(PrivacyCost cost) => cost.Measure == PrivacyMeasure.ZeroConcentrated && !cost.IsZero
        ? (EpsilonOf(cost, ReportedDelta), cost.Delta + ReportedDelta)
        : (cost.Epsilon, cost.Delta);

    /// <summary>What a cost means as an epsilon at a delta.</summary>
    /// <param name="cost">A cost in any measure.</param>
    /// <param name="delta">Above 0 and below 1; the cost's own delta comes on top of it. Ignored by pure and approximate
    /// costs.</param>
    /// <returns>The epsilon, rounded up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delta is out of range or not a number.</exception>
    public static double EpsilonOf(PrivacyCost cost, double delta) =>
        cost.Measure == PrivacyMeasure.ZeroConcentrated ? ZeroConcentratedToEpsilon(cost.Epsilon, delta) : cost.Epsilon;

    private static double ToEpsilon(double orderLessOne, double loss, double delta)
    {
        double order = 1 + orderLessOne;
        double inverse = orderLessOne / order; // 1 - 1/alpha
        return loss + Math.Log(inverse) - ((Math.Log(delta) + Math.Log(order)) / orderLessOne);
    }

    private static double LogDelta(double orderLessOne, double rho, double epsilon)
    {
        double order = 1 + orderLessOne;
        return (orderLessOne * ((order * rho) - epsilon)) - Math.Log(orderLessOne) + (order * Math.Log(orderLessOne / order));
    }

    // Any order gives a valid bound, so a search that stopped short of the minimum would only be looser. A grid finds the valley,
    // the golden section its bottom.
    private static double Minimum(Func<double, double> f)
    {
        const int Steps = 280;
        double step = (LargestLogOrder - SmallestLogOrder) / Steps;
        int best = 0;
        for (int i = 1; i <= Steps; i++)
        {
            best = f(SmallestLogOrder + (i * step)) < f(SmallestLogOrder + (best * step)) ? i : best;
        }

        double low = SmallestLogOrder + ((best - 1) * step);
        double high = low + (2 * step);
        double ratio = (Math.Sqrt(5) - 1) / 2;
        for (int i = 0; i < 80; i++)
        {
            double a = high - (ratio * (high - low));
            double b = low + (ratio * (high - low));
            (low, high) = f(a) < f(b) ? (low, b) : (a, high);
        }

        return Math.Min(f((low + high) / 2), f(SmallestLogOrder + (best * step)));
    }

    private static double Up(double epsilon) => epsilon <= 0 ? 0 : epsilon * (1 + Slack);

    private static void RequireDelta(double delta) =>
        Require(delta >= SmallestDelta && delta < 1, delta, nameof(delta), "delta must be above 0, no subnormal number, and below 1");

    private static void Require(bool holds, double value, string name, string message)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, message);
        }
    }
}
