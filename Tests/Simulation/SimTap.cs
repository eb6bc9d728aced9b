using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Windows;
using Xunit;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>Compares everything that is about to be noised with what the oracle expects.</summary>
internal sealed class SimTap(SimOracle oracle) : IBoundedTruthTap
{
    private readonly ConcurrentDictionary<string, bool> _ids = [];

    public ICollection<string> Ids => _ids.Keys;

    public List<string> Faults { get; } = [];

    /// <summary>Windows whose content depends on what is released, by query and start.</summary>
    public ConcurrentDictionary<(string Query, long StartMs), string> Adapted { get; } = [];

    public void OnRelease(ReleaseId id, QueryPlan query, WindowAggregate aggregate)
    {
        _ids[id.ToString()] = true;
        Assert.Equal(id.Window, aggregate.Window);
        if (aggregate.IsGivenUp)
        {
            Note(oracle.Withheld.Contains((id.Query, id.Window.StartMs)) || oracle.MayBeWithheld.Contains((id.Query, id.Window.StartMs)), $"{id}: it was given up");
            return;
        }

        var actual = SimOracle.Text(Enumerable.Range(0, aggregate.Count).Select(group => (string.Join('|', aggregate.KeyText(group)), Values(aggregate, group))));
        if (oracle.IsAdapted(id.Query))
        {
            var before = Adapted.GetOrAdd((id.Query, id.Window.StartMs), actual);
            Note(actual == before, $"{id}: first {before}, then {actual}");
            return;
        }

        var expected = oracle.Expected.GetValueOrDefault((id.Query, id.Window.StartMs));
        Note(actual == expected, $"{id}: expected {expected ?? "no window"}, got {actual}");
    }

    private void Note(bool isRight, string fault)
    {
        if (!isRight)
        {
            Faults.Add(fault);
        }
    }

    private static long[] Values(WindowAggregate aggregate, int group) =>
        [aggregate.Rows[group], aggregate.Subjects[group], .. Enumerable.Range(0, aggregate.SumCount).Select(sum => aggregate.Sums(sum)[group])];
}
