using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.TestKit.Running;

/// <summary>Keeps what stands behind each release before noise. Such numbers are about people: whoever has them has what noise
/// was to hide. The port is internal to the engine, and the kit's only access to it is over rows that a test made up.</summary>
/// <param name="time">The clock of the run.</param>
internal sealed class TruthTap(TimeProvider time) : IBoundedTruthTap
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ReleaseId, FiredRelease> _fired = [];

    public IReadOnlyList<FiredRelease> Fired
    {
        get
        {
            lock (_lock)
            {
                return [.. _fired.Values.OrderBy(release => release.Id.Window).ThenBy(release => release.Id.Query, StringComparer.Ordinal)];
            }
        }
    }

    public void OnRelease(ReleaseId id, QueryPlan query, WindowAggregate aggregate)
    {
        var isGivenUp = aggregate.IsGivenUp || aggregate.Count > query.Bounded.MaxGroups;
        var values = isGivenUp ? [] : Values(query, aggregate);
        lock (_lock)
        {
            var at = _fired.TryGetValue(id, out var before) ? before.At : time.GetUtcNow();
            _fired[id] = new FiredRelease(id, at, values, Totals(aggregate)) { IsGivenUp = isGivenUp };
        }
    }

    // Keys that are not known are those of groups that had rows; which of them are published is up to key selection.
    private static List<ExactValue> Values(QueryPlan query, WindowAggregate aggregate)
    {
        var keys = query.Bounded.KnownKeys?.Select(key => key.ToArray()) ?? Enumerable.Range(0, aggregate.Count).Select(aggregate.KeyText);
        return [.. keys.SelectMany(key => Values(query, aggregate, key)).OrderBy(value => string.Join('\u001f', value.Key), StringComparer.Ordinal)];
    }

    private static IEnumerable<ExactValue> Values(QueryPlan query, WindowAggregate aggregate, string[] key)
    {
        var group = aggregate.Find(WindowAggregate.EncodeKey(key));
        if (query.Statistic is { } statistic)
        {
            var cells = new long[statistic.Cells];
            if (group >= 0)
            {
                statistic.Read(aggregate, group, cells);
            }

            return [.. statistic.Publish(key, cells, query.Parts, 0.95).Select(published => new ExactValue([.. published.Key], published.Value))];
        }

        var column = query.Aggregate switch
        {
            AggregateKind.Count when query.SumIndex < 0 => aggregate.Rows,
            AggregateKind.DistinctSubjects => aggregate.Subjects,
            _ => aggregate.Sums(query.SumIndex),
        };
        return [new ExactValue(key, (group < 0 ? 0 : column[group]) * query.Resolution)];
    }

    private static Dictionary<string, GroupTotal> Totals(WindowAggregate aggregate)
    {
        var totals = new Dictionary<string, GroupTotal>();
        for (var group = 0; group < aggregate.Count; group++)
        {
            var sums = new long[aggregate.SumCount];
            for (var sum = 0; sum < sums.Length; sum++)
            {
                sums[sum] = aggregate.Sums(sum)[group];
            }

            totals[string.Join('\u001f', aggregate.KeyText(group))] = new GroupTotal(aggregate.Rows[group], aggregate.Subjects[group], sums);
        }

        return totals;
    }
}

/// <summary>A release that fired.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">Virtual time when it first fired.</param>
/// <param name="Values">The bounded values before noise, in order of key.</param>
/// <param name="Totals">The window's content by group, which is that of all queries that share it.</param>
internal sealed record FiredRelease(ReleaseId Id, DateTimeOffset At, IReadOnlyList<ExactValue> Values, IReadOnlyDictionary<string, GroupTotal> Totals)
{
    /// <summary>Whether the window's state was given up, so that what it holds means nothing.</summary>
    public bool IsGivenUp { get; init; }
}

/// <summary>A value before noise.</summary>
/// <param name="Key">The group.</param>
/// <param name="Value">The value.</param>
internal sealed record ExactValue(IReadOnlyList<string> Key, decimal Value);

/// <summary>The bounded content of a group.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Subjects">Subjects.</param>
/// <param name="Sums">Sums and what is derived of them.</param>
internal sealed record GroupTotal(long Rows, long Subjects, long[] Sums);
