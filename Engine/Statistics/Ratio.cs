namespace AkkaPrivacy.Engine.Statistics;

/// <summary>The range of a quotient of two noised numbers.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
internal readonly record struct Ratio(double Low, double High)
{
    /// <summary>All quotients of a sum and a count of 1 or more within their intervals, cut to a range that the quotient is known
    /// to lie in.</summary>
    public static Ratio Of(double sum, double sumWidth, double count, double countWidth, double least, double most)
    {
        var (few, many) = (Math.Max(1, count - countWidth), Math.Max(1, count + countWidth));
        var (low, high) = (sum - sumWidth, sum + sumWidth);
        var range = new Ratio(low / (low < 0 ? few : many), high / (high > 0 ? few : many));

        // A count that may be below 1 says nothing; neither does a quotient outside of what is possible.
        return count + countWidth < 1 || range.Low > most || range.High < least
            ? new Ratio(least, most)
            : new Ratio(Math.Max(least, range.Low), Math.Min(most, range.High));
    }

    /// <summary>The standard error of sum / count, to first order.</summary>
    public static double StandardError(double quotient, double sumDeviation, double count, double countDeviation) =>
        Math.Sqrt((sumDeviation * sumDeviation) + (quotient * quotient * countDeviation * countDeviation)) / Math.Max(count, 1);

    /// <summary>The nearest number within.</summary>
    public double Clamp(double value) => Math.Clamp(value, Low, High);
}
