using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Statistics;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>Draws the values of one release: selects keys where they are unknown, adds noise, states the interval.</summary>
internal static class ReleaseDraw
{
    public static DrawnValues Draw(QueryPlan query, WindowAggregate aggregate, double confidence, IRandomSource randomness)
    {
        var keys = query.Bounded.KnownKeys is { } known ? Known(known, aggregate) : Sorted(Selected(query, aggregate, randomness));
        var groups = query.Statistic is not null ? Statistics(query, aggregate, keys, confidence, randomness)
            : query.TopKeys is { } top ? Chosen(query, top, aggregate, keys, confidence, randomness)
            : Values(query, aggregate, keys, confidence, randomness);
        var fields = query.Bounded.GroupBy.Select(field => field.Name);
        return new DrawnValues
        {
            Aggregate = query.AggregateText,
            Mechanism = query.Selection is { } selection ? $"{selection.Description} + {query.NoiseText}" : query.NoiseText,
            GroupBy = query.Statistic?.ExtraKey is { } extra ? [.. fields, extra] : [.. fields],
            Groups = groups,
            Confidence = confidence,
        };
    }

    private static ReadOnlySpan<long> Column(QueryPlan query, WindowAggregate aggregate) => query.Aggregate switch
    {
        AggregateKind.Count when query.SumIndex < 0 => aggregate.Rows,
        AggregateKind.DistinctSubjects => aggregate.Subjects,
        _ => aggregate.Sums(query.SumIndex),
    };

    /// <summary>The exact values of known keys.</summary>
    /// <param name="query">The query.</param>
    /// <param name="aggregate">What the window holds.</param>
    /// <returns>The keys in order, and a value for each.</returns>
    public static (IReadOnlyList<string[]> Keys, long[] Values) Exact(QueryPlan query, WindowAggregate aggregate)
    {
        var keys = Known(query.Bounded.KnownKeys!, aggregate);
        return (keys.ConvertAll(key => key.Key), Exact(query, aggregate, keys));
    }

    private static long[] Exact(QueryPlan query, WindowAggregate aggregate, List<(string[] Key, int Group)> keys)
    {
        var values = new long[keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = keys[i].Group < 0 ? 0 : Column(query, aggregate)[keys[i].Group];
        }

        return values;
    }

    // Every known key is released, also one without rows: its absence would reveal that nobody was there.
    private static List<(string[] Key, int Group)> Known(IReadOnlyList<IReadOnlyList<string>> known, WindowAggregate aggregate) =>
        Sorted([.. known.Select(key => (key.ToArray(), aggregate.Find(WindowAggregate.EncodeKey(key))))]);

    // Ordered by key, so that the order tells nothing about arrival.
    private static List<(string[] Key, int Group)> Sorted(List<(string[] Key, int Group)> keys)
    {
        keys.Sort((a, b) => Compare(a.Key, b.Key));
        return keys;
    }

    private static List<(string[] Key, int Group)> Selected(QueryPlan query, WindowAggregate aggregate, IRandomSource randomness)
    {
        var keep = new bool[aggregate.Count];
        query.Selection!.Select(aggregate.Subjects, keep, randomness);
        return [.. Enumerable.Range(0, aggregate.Count).Where(group => keep[group]).Select(group => (aggregate.KeyText(group), group))];
    }

    private static List<ReleasedGroup> Values(
        QueryPlan query, WindowAggregate aggregate, List<(string[] Key, int Group)> keys, double confidence, IRandomSource randomness)
    {
        var values = Exact(query, aggregate, keys);
        ((INoiseMechanism)query.Noise!).AddNoise(values, randomness);
        var published = Enumerable.Range(0, values.Length);
        if (query.Top is { } top && top < values.Length)
        {
            // Who is among the largest depends on the noise, so the intervals hold for all groups at once.
            confidence = 1 - ((1 - confidence) / values.Length);
            published = published.OrderByDescending(i => values[i]).Take(top);
        }

        var error = WeightedInterval.Of(query, confidence);
        return [.. published.Select(i => Group(keys[i].Key, values[i], error(values[i]), query.Resolution))];
    }

    // In the order of the choice. Noise is drawn after it and independent of it, so each interval holds by itself. Without values, a key's
    // place is published.
    private static List<ReleasedGroup> Chosen(
        QueryPlan query, ITopKeys top, WindowAggregate aggregate, List<(string[] Key, int Group)> keys, double confidence, IRandomSource randomness)
    {
        var values = Exact(query, aggregate, keys);
        var chosen = new int[top.Top];
        top.Choose(values, chosen, randomness);
        if (top.Values is not { } noise)
        {
            return [.. chosen.Select((key, place) => new ReleasedGroup(keys[key].Key, place + 1, place + 1, place + 1))];
        }

        long[] noised = [.. chosen.Select(key => values[key])];
        noise.AddNoise(noised, randomness);
        var error = WeightedInterval.Of(query with { Noise = noise }, confidence);
        return [.. chosen.Select((key, place) => Group(keys[key].Key, noised[place], error(noised[place]), query.Resolution))];
    }

    private static ReleasedGroup Group(string[] key, long value, (long HalfWidth, double StandardError) error, decimal resolution) =>
        new(key, value * resolution, (value - error.HalfWidth) * resolution, (value + error.HalfWidth) * resolution)
        {
            StandardError = error.StandardError * (double)resolution,
        };

    private static List<ReleasedGroup> Statistics(
        QueryPlan query, WindowAggregate aggregate, List<(string[] Key, int Group)> keys, double confidence, IRandomSource randomness)
    {
        var statistic = query.Statistic!;
        var cells = keys.ConvertAll(_ => new long[statistic.Cells]);
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].Group >= 0)
            {
                statistic.Read(aggregate, keys[i].Group, cells[i]);
            }
        }

        var at = 0;
        foreach (var part in query.Parts)
        {
            AddNoise(part, cells, at, randomness);
            at += part.Part.Cells;
        }

        return [.. keys.SelectMany((key, i) => statistic.Publish(key.Key, cells[i], query.Parts, confidence))];
    }

    // All groups' cells of a part at once: a mechanism asks for random bytes by the block.
    private static void AddNoise(NoisedPart part, List<long[]> cells, int at, IRandomSource randomness)
    {
        var size = part.Part.Cells;
        var values = new long[cells.Count * size];
        for (var i = 0; i < cells.Count; i++)
        {
            cells[i].AsSpan(at, size).CopyTo(values.AsSpan(i * size));
        }

        part.Noise.AddNoise(values, randomness);
        for (var i = 0; i < cells.Count; i++)
        {
            values.AsSpan(i * size, size).CopyTo(cells[i].AsSpan(at));
        }
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
