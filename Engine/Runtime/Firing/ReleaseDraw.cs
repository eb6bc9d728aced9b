using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>Draws the values of one release: selects keys where they are unknown, adds noise, states the interval.</summary>
internal static class ReleaseDraw
{
    public static DrawnValues Draw(QueryPlan query, WindowAggregate aggregate, double confidence, IRandomSource randomness)
    {
        var (keys, values) = query.Bounded.KnownKeys is { } known ? Known(query, known, aggregate) : Selected(query, aggregate, randomness);
        query.Noise!.AddNoise(values, randomness);
        return new DrawnValues
        {
            Aggregate = query.AggregateText,
            Mechanism = query.Selection is { } selection ? $"{selection.Description} + {query.Noise.Description}" : query.Noise.Description,
            GroupBy = [.. query.Bounded.GroupBy.Select(field => field.Name)],
            Groups = Groups(keys, values, query.Noise.HalfWidth(confidence), query.Resolution),
            Confidence = confidence,
        };
    }

    private static ReadOnlySpan<long> Column(QueryPlan query, WindowAggregate aggregate) => query.Aggregate switch
    {
        AggregateKind.Count => aggregate.Rows,
        AggregateKind.Sum => aggregate.Sums(query.SumIndex),
        _ => aggregate.Subjects,
    };

    // Every known key is released, also one without rows: its absence would reveal that nobody was there.
    private static (string[][] Keys, long[] Values) Known(QueryPlan query, IReadOnlyList<IReadOnlyList<string>> known, WindowAggregate aggregate)
    {
        var keys = known.Select(key => key.ToArray()).ToArray();
        var values = new long[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var group = aggregate.Find(WindowAggregate.EncodeKey(keys[i]));
            values[i] = group < 0 ? 0 : Column(query, aggregate)[group];
        }

        return (keys, values);
    }

    private static (string[][] Keys, long[] Values) Selected(QueryPlan query, WindowAggregate aggregate, IRandomSource randomness)
    {
        var keep = new bool[aggregate.Count];
        query.Selection!.Select(aggregate.Subjects, keep, randomness);
        var kept = Enumerable.Range(0, aggregate.Count).Where(group => keep[group]).ToArray();
        var values = new long[kept.Length];
        for (var i = 0; i < kept.Length; i++)
        {
            values[i] = Column(query, aggregate)[kept[i]];
        }

        return ([.. kept.Select(aggregate.KeyText)], values);
    }

    private static List<ReleasedGroup> Groups(string[][] keys, long[] values, long halfWidth, decimal resolution)
    {
        var groups = new List<ReleasedGroup>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            groups.Add(new ReleasedGroup(keys[i], values[i] * resolution, (values[i] - halfWidth) * resolution, (values[i] + halfWidth) * resolution));
        }

        // Ordered by key, so that the order tells nothing about arrival.
        groups.Sort((a, b) => Compare(a.Key, b.Key));
        return groups;
    }

    private static int Compare(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        for (var i = 0; i < a.Count; i++)
        {
            if (string.CompareOrdinal(a[i], b[i]) is var order && order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}
