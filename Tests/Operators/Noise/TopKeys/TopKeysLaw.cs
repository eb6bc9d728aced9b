using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Noise.TopKeys;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.Operators.Noise.TopKeys;

/// <summary>The probability of every ordered choice, written out from the definitions: permute-and-flip over all orders, the exponential
/// mechanism by its weights.</summary>
internal static class TopKeysLaw
{
    public static Dictionary<string, double> Of(long[] values, int picks, double rate, bool flips)
    {
        var law = new Dictionary<string, double>();
        Add(law, values, [.. Enumerable.Range(0, values.Length)], picks, rate, flips, "", 1);
        return law;
    }

    public static long[] Draw(ExactChoice choice, long[] values, int picks, IReadOnlyList<string> outcomes, int samples, ulong seed)
    {
        var places = outcomes.Select((outcome, i) => (outcome, i)).ToDictionary(pair => pair.outcome, pair => pair.i);
        var counts = new long[outcomes.Count];
        using var bits = new RandomBits(new SeededRandomSource(seed));
        var chosen = new int[picks];
        for (var i = 0; i < samples; i++)
        {
            choice.Choose(values, chosen, bits);
            counts[places[string.Concat(chosen)]]++;
        }

        return counts;
    }

    private static void Add(Dictionary<string, double> law, long[] values, int[] left, int picks, double rate, bool flips, string prefix, double weight)
    {
        if (picks == 0)
        {
            law[prefix] = law.GetValueOrDefault(prefix) + weight;
            return;
        }

        var one = flips ? Flips(values, left, rate) : Weights(values, left, rate);
        for (var i = 0; i < left.Length; i++)
        {
            Add(law, values, [.. left.Where(other => other != left[i])], picks - 1, rate, flips, prefix + left[i], weight * one[i]);
        }
    }

    private static double[] Weights(long[] values, int[] left, double rate)
    {
        var largest = left.Max(i => values[i]);
        double[] weights = [.. left.Select(i => Math.Exp(-rate * (double)((Int128)largest - values[i])))];
        return [.. weights.Select(w => w / weights.Sum())];
    }

    private static double[] Flips(long[] values, int[] left, double rate)
    {
        var largest = left.Max(i => values[i]);
        var law = new double[left.Length];
        var orders = Orders([.. Enumerable.Range(0, left.Length)]).ToList();
        foreach (var order in orders)
        {
            var reached = 1.0 / orders.Count;
            foreach (var i in order)
            {
                var yes = Math.Exp(-rate * (double)((Int128)largest - values[left[i]]));
                law[i] += reached * yes;
                reached *= 1 - yes;
            }
        }

        return law;
    }

    private static IEnumerable<int[]> Orders(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(first => Orders([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));
}
