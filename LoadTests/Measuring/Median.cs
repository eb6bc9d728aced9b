namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>The middle of a list of figures: a few disturbed rounds do not move it.</summary>
internal static class Median
{
    /// <summary>The median.</summary>
    /// <param name="values">One value or more, in any order.</param>
    /// <returns>The middle value, or the mean of the two middle ones.</returns>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
