using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>How a branch samples by what its own query has released.</summary>
/// <param name="Target">Rows of a window.</param>
/// <param name="Largest">The largest weight.</param>
/// <param name="Initial">The weight of what is not known.</param>
/// <param name="Smoothing">Share of the newest release.</param>
/// <param name="Lead">How long after a window may fire it begins to decide.</param>
/// <param name="Epsilon">Of the noise that rates follow.</param>
public sealed record SimAdapt(double Target, long Largest, long Initial, double Smoothing, TimeSpan Lead, double Epsilon)
{
    public static SimAdapt Draw(Random random)
    {
        var largest = new long[] { 2, 4, 8 }[random.Next(3)];
        return new SimAdapt(
            random.Next(1, 12), largest, random.Next(2) == 0 ? 1 : largest, new[] { 0.25, 0.5, 1 }[random.Next(3)], TimeSpan.FromMinutes(random.Next(3) * random.Next(20)), new[] { 5.0, 100, 1000 }[random.Next(3)]);
    }
}

/// <summary>The weights of rows, computed the obvious way from the values that were released.</summary>
internal sealed class SimRates
{
    private readonly SimCase _case;
    private readonly SimBranch _branch;
    private readonly Dictionary<string, List<(long From, long Weight)>> _weights = [];

    public SimRates(SimCase given, SimBranch branch, IEnumerable<Release> releases)
    {
        (_case, _branch) = (given, branch);
        var (adapt, estimates) = (branch.Adapt!, new Dictionary<string, double>());
        foreach (var release in releases.OrderBy(release => release.Id.Window.StartMs))
        {
            var values = release.Groups.ToDictionary(group => group.Key.Count == 0 ? "" : group.Key[0], group => (double)group.Value);
            foreach (var key in values.Keys.Union(estimates.Keys).ToList())
            {
                // Of what was named before and is not any more there are no rows; below half a row it is forgotten.
                var isKnown = estimates.TryGetValue(key, out var old);
                if (!values.TryGetValue(key, out var value) && old <= 0.5)
                {
                    estimates.Remove(key);
                    Note(key, release.Id.Window.EndMs, adapt.Initial);
                    continue;
                }

                estimates[key] = isKnown ? old + (adapt.Smoothing * (value - old)) : value;
                Note(key, release.Id.Window.EndMs, estimates[key] <= adapt.Target ? 1 : Math.Min(adapt.Largest, (long)Math.Ceiling(estimates[key] / adapt.Target)));
            }
        }
    }

    /// <summary>The row with its weight, if it is kept.</summary>
    public IEnumerable<SimRow> Keep(SimRow row)
    {
        var versions = _weights.GetValueOrDefault(_branch.GroupBy is [] ? "" : SimOracle.KeyOf(row, _branch)[0]) ?? [];
        var weight = versions.Where(version => version.From <= row.EventMs).Select(version => version.Weight).DefaultIfEmpty(_branch.Adapt!.Initial).Last();
        return SimPlainSteps.Share(row) >= 1 - (1.0 / weight) ? [row with { Weight = weight }] : [];
    }

    /// <summary>The weights of each key with the times from which they hold.</summary>
    public override string ToString() =>
        string.Join("; ", _weights.Select(pair => $"[{pair.Key}] {string.Join(' ', pair.Value.Select(version => $"{version.Weight}@{DateTimeOffset.FromUnixTimeMilliseconds(version.From):HH:mm}"))}"));

    // The first window that rows reach, none of them early, once the release has had all the time that it may take.
    private void Note(string key, long endMs, long weight)
    {
        var skew = _case.Arrival == ArrivalMode.EventTime ? TimeSpan.Zero : _case.Skew;
        var (from, size) = (endMs + (long)(_case.Lateness + skew + _branch.Adapt!.Lead).TotalMilliseconds, (long)_branch.Window.TotalMilliseconds);
        _weights.TryAdd(key, []);
        _weights[key].Add((from % size == 0 ? from : from - (from % size) + size, weight));
    }
}
