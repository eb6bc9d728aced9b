namespace AkkaPrivacy.Engine.Privacy.Accounting;

public sealed partial class PrivacyLossDistribution
{
    /// <summary>Discrete Laplace noise of scale sensitivity / epsilon on one whole number.</summary>
    /// <param name="sensitivity">By how much a subject changes the number, in units; from 1 to 2^62.</param>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to 100.</param>
    /// <param name="interval">Distance of the grid's losses. Default: <see cref="DefaultInterval"/>.</param>
    /// <returns>The distribution. At a sensitivity of 1 it is that of <see cref="OfPure"/>, and for large ones that of
    /// <see cref="OfLaplace"/>; a vector of numbers is covered by <see cref="OfPure"/>.</returns>
    /// <remarks>The loss falls as the output grows, so the delta at e is the largest F(y) - e^e F(y - d) over whole y, with F the
    /// distribution function and d the sensitivity: the worst event is a half-line. It grows with d, so smaller changes are covered.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static PrivacyLossDistribution OfDiscreteLaplace(long sensitivity, double epsilon, double interval = DefaultInterval)
    {
        Require(sensitivity is >= 1 and <= 1L << 62, sensitivity, nameof(sensitivity), "a sensitivity must be from 1 to 2^62");
        RequireEpsilon(epsilon);
        double rate = epsilon / sensitivity;
        return OfCurve(DeltaAt, epsilon, interval);

        double DeltaAt(double e)
        {
            // The last output whose loss exceeds e; its neighbours guard against the rounding of the division.
            double edge = Math.Floor((sensitivity - (e / rate)) / 2);
            return e >= epsilon ? 0 : Math.Max(0, Math.Max(HalfLine(edge - 1), Math.Max(HalfLine(edge), HalfLine(edge + 1))));

            double HalfLine(double y) => LaplaceAtMost(rate, y) - (Math.Exp(e) * LaplaceAtMost(rate, y - sensitivity));
        }
    }

    /// <summary>Any rho-zero-concentrated mechanism.</summary>
    /// <param name="rho">From <see cref="PrivacyCost.MinRho"/> to 1000.</param>
    /// <param name="interval">Distance of the grid's losses. Default: <see cref="DefaultInterval"/>.</param>
    /// <returns>The distribution of a pair that dominates all of them, by the conversion of rho to deltas; composing rhos first and then
    /// making one distribution is tighter than composing distributions.</returns>
    /// <remarks>The conversion bounds the mechanism's curve of deltas, which is convex in e^epsilon, so the largest convex curve below the bound's
    /// points is a bound, too. At small epsilons the total variation is at most the root of rho / 2 (Pinsker).</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static PrivacyLossDistribution OfZeroConcentrated(double rho, double interval = DefaultInterval)
    {
        Require(rho >= PrivacyCost.MinRho && rho <= 1000, rho, nameof(rho), "rho must be from 1e-9 to 1000");
        double most = Math.Min(1, Math.Sqrt(rho / 2) * (1 + Rounding));
        double reach = ReachOf(rho);
        var points = Math.Max(1, (int)Math.Min(MaxPoints, Math.Ceiling(reach / interval)));
        double[] hull = LowerHull([.. Enumerable.Range(0, points + 1).Select(i => Math.Min(most, PrivacyConversions.ZeroConcentratedToDelta(rho, i * interval)))], interval);
        return OfCurve(e => hull[Math.Min(points, (int)Math.Round(e / interval))], reach, interval);
    }

    /// <summary>Beyond this loss a rho leaves less than 1e-18.</summary>
    internal static double ReachOf(double rho) => rho + (13 * Math.Sqrt(rho));

    private static double LaplaceAtMost(double rate, double y)
    {
        double share = 1 / (1 + Math.Exp(-rate));
        return y < 0 ? Math.Exp(rate * y) * share : 1 - (Math.Exp(-rate * (y + 1)) * share);
    }

    // The values at the points of the largest convex curve in e^epsilon below them.
    private static double[] LowerHull(double[] values, double interval)
    {
        var corners = new List<int>();
        for (int i = 0; i < values.Length; i++)
        {
            while (corners.Count >= 2 && Slope(corners[^2], i) <= Slope(corners[^2], corners[^1]))
            {
                corners.RemoveAt(corners.Count - 1);
            }

            corners.Add(i);
        }

        for (int c = 1; c < corners.Count; c++)
        {
            for (int i = corners[c - 1] + 1; i < corners[c]; i++)
            {
                values[i] = values[corners[c - 1]] + (Slope(corners[c - 1], corners[c]) * (Math.Exp(i * interval) - Math.Exp(corners[c - 1] * interval)));
            }
        }

        return values;

        double Slope(int from, int to) => (values[to] - values[from]) / (Math.Exp(to * interval) - Math.Exp(from * interval));
    }
}
