using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>
/// What a subject loses by running totals with continual noise, from all steps of a running period: how far the sequences lie apart
/// that noise is added to, of the noise that was drawn. Computed from the published definitions, without a look at the plan.
/// </summary>
internal sealed class ContinualLoss(PlayCase given, Tightness tightness, Action<string, string> fault)
{
    public List<double> Add(IReadOnlyDictionary<string, PlayRelease> first, IReadOnlyDictionary<string, PlayRelease> second)
    {
        var losses = new List<double>();
        var steps = first.Values.Where(release => second.ContainsKey(release.Id) && release.Calls is [.., { Kind: PlayCallKind.Step }]);
        foreach (var total in steps.GroupBy(release => (release.Request.Id.Query, release.Request.CompositionGroup)))
        {
            var query = total.First().Calls[^1].Query;
            var sequences = new Dictionary<string, double[]>();
            foreach (var release in total)
            {
                Take(query, release, second[release.Id], sequences);
            }

            var call = total.First().Calls[^1];
            var squares = sequences.Values.Sum(sequence => call.Mechanism.StartsWith("square-root", StringComparison.Ordinal) ? SquareRoot(sequence) : Tree(sequence));
            var loss = squares / (2 * call.Scale * call.Scale);
            var declared = call.Cost.Epsilon * given.Factor * given.Factor;
            tightness.Add($"continual loss, {call.Mechanism.Split('(')[0]}", loss, declared);
            losses.Add(loss);
            if (loss > declared * 1.000001)
            {
                fault(total.Key.ToString(), $"continual loss: {loss} measured, {declared} declared");
            }
        }

        return losses;
    }

    // What stands before the window's own step is what was withheld, and so nothing.
    private void Take(QueryPlan query, PlayRelease one, PlayRelease other, Dictionary<string, double[]> sequences)
    {
        var window = one.Request.Id.Window;
        var step = (window.StartMs - TimeWindow.FloorTo(window.StartMs, query.RunningMs!.Value)) / (window.EndMs - window.StartMs);
        if (one.Calls.Concat(other.Calls).Except([one.Calls[^1], other.Calls[^1]]).Any(call => call.Inputs.Values.Any(values => values[0] != 0)))
        {
            fault(one.Id, "a step that was passed adds something");
        }

        foreach (var (key, values) in one.Calls[^1].Inputs)
        {
            var sequence = sequences.TryGetValue(key, out var known) ? known : sequences[key] = new double[query.RunningMs.Value / query.Bounded.WindowMs];
            sequence[step] = values[0] - other.Calls[^1].Inputs[key][0];
        }
    }

    // The sum of each complete block of 1, 2, 4, ... steps.
    private static double Tree(double[] sequence)
    {
        var squares = 0.0;
        for (var size = 1; size <= sequence.Length; size *= 2)
        {
            for (var at = 0; at + size <= sequence.Length; at += size)
            {
                squares += Math.Pow(sequence.AsSpan(at, size).ToArray().Sum(), 2);
            }
        }

        return squares;
    }

    // The product with the root of the matrix of prefix sums: 1, 1/2, 3/8, ...
    private static double SquareRoot(double[] sequence)
    {
        var root = new double[sequence.Length];
        root[0] = 1;
        for (var k = 1; k < root.Length; k++)
        {
            root[k] = root[k - 1] * (1 - (0.5 / k));
        }

        return Enumerable.Range(0, sequence.Length).Sum(t => Math.Pow(Enumerable.Range(0, t + 1).Sum(s => root[t - s] * sequence[s]), 2));
    }
}
