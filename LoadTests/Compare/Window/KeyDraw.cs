namespace AkkaPrivacy.LoadTests.Compare.Window;

/// <summary>Draws keys by Zipf's law: key k of n has a share in proportion to 1 / (k + 1)^s.</summary>
internal sealed class KeyDraw
{
    private readonly double[] _cumulative;

    /// <summary>Makes the table.</summary>
    /// <param name="keys">Number of keys.</param>
    /// <param name="exponent">The exponent; 0 for equal shares.</param>
    public KeyDraw(int keys, double exponent)
    {
        _cumulative = new double[keys];
        double sum = 0;
        for (int i = 0; i < keys; i++)
        {
            _cumulative[i] = sum += Math.Pow(i + 1, -exponent);
        }
    }

    /// <summary>Draws a key.</summary>
    /// <param name="random">The source.</param>
    /// <returns>The key's index.</returns>
    public int Next(Random random)
    {
        int found = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found, _cumulative.Length - 1);
    }
}
