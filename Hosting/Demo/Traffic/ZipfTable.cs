namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>Draws ranks with probabilities proportional to 1 / rank^exponent in constant time (Vose's alias method, 1991).</summary>
internal sealed class ZipfTable
{
    private readonly double[] _threshold;
    private readonly int[] _alias;

    /// <summary>A table.</summary>
    /// <param name="count">Number of ranks, 1 or more.</param>
    /// <param name="exponent">0 or more; about 1 for pages and sites.</param>
    public ZipfTable(int count, double exponent)
    {
        var weights = Enumerable.Range(1, count).Select(rank => Math.Pow(rank, -exponent)).ToArray();
        var total = weights.Sum();
        _threshold = [.. weights.Select(weight => weight * count / total)];
        _alias = [.. Enumerable.Range(0, count)];
        var small = new Stack<int>(Enumerable.Range(0, count).Where(i => _threshold[i] < 1));
        var large = new Stack<int>(Enumerable.Range(0, count).Where(i => _threshold[i] >= 1));
        while (small.Count > 0 && large.Count > 0)
        {
            var (poor, rich) = (small.Pop(), large.Pop());
            _alias[poor] = rich;
            _threshold[rich] -= 1 - _threshold[poor];
            (_threshold[rich] < 1 ? small : large).Push(rich);
        }

        // What rounding has left over is 1 but for the last bits.
        foreach (var rest in small)
        {
            _threshold[rest] = 1;
        }
    }

    /// <summary>Draws a rank, from 0.</summary>
    /// <param name="random">The sequence.</param>
    public int Draw(ref TrafficRandom random)
    {
        var column = random.Below(_threshold.Length);
        return random.Unit() < _threshold[column] ? column : _alias[column];
    }
}
