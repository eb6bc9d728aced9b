using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Tests.Operators.Window;

/// <summary>What came out: values by window and key (rows, subjects, sums), and dead letters by reason.</summary>
public sealed class WindowOutcome
{
    public SortedDictionary<long, SortedDictionary<string, long[]>> Windows { get; } = [];

    public SortedDictionary<DeadLetterReason, long> DeadLetters { get; } = [];

    public void Count(DeadLetterReason reason, long rows = 1)
    {
        if (rows > 0)
        {
            DeadLetters[reason] = DeadLetters.GetValueOrDefault(reason) + rows;
        }
    }

    public SortedDictionary<string, long[]> Touch(long start)
    {
        if (!Windows.TryGetValue(start, out var groups))
        {
            Windows.Add(start, groups = new SortedDictionary<string, long[]>(StringComparer.Ordinal));
        }

        return groups;
    }

    public void Add(long start, string key, long rows, long subjects, long[] sums)
    {
        long[] values = [rows, subjects, .. sums];
        var groups = Touch(start);
        groups[key] = groups.TryGetValue(key, out var old) ? [.. old.Zip(values, (x, y) => x + y)] : values;
    }

    public void Add(WindowAggregate aggregate)
    {
        Touch(aggregate.Window.StartMs);
        for (var i = 0; i < aggregate.Count; i++)
        {
            var group = i;
            Add(aggregate.Window.StartMs, string.Join('\u0001', aggregate.KeyText(i)), aggregate.Rows[i], aggregate.Subjects[i], [.. Enumerable.Range(0, aggregate.SumCount).Select(measure => aggregate.Sums(measure)[group])]);
        }
    }

    public override string ToString() => string.Join('\n', Windows.Select(window => $"{window.Key}: {string.Join(" ", window.Value.Select(group => $"[{group.Key}]={string.Join(',', group.Value)}"))}"))
        + "\n" + string.Join(' ', DeadLetters.Select(pair => $"{pair.Key}={pair.Value}"));
}
