using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.LoadTests.Compare.Window;

/// <summary>The loop that one would write with the framework's dictionaries: keys by content, contributions by subject
/// and group, the first groups of a subject count.</summary>
internal sealed class DictionaryRun(WindowWorkload workload, int groups, bool totals)
{
    /// <summary>Linf.</summary>
    public const int RowsPerGroup = 10;

    private readonly Dictionary<byte[], int> _keys = new(GroupKeyComparer.Instance);
    private readonly Dictionary<(Token Subject, int Group), int> _contributions = [];
    private readonly Dictionary<Token, int> _groupsOfSubject = [];

    /// <summary>Bounded rows by group, of the last pass.</summary>
    public long[] Counts { get; private set; } = [];

    /// <summary>Does a pass.</summary>
    /// <returns>Number of rows.</returns>
    public long Pass()
    {
        _keys.Clear();
        _contributions.Clear();
        _groupsOfSubject.Clear();
        foreach (EventBatch batch in workload.Batches)
        {
            Add(batch);
        }

        long[] counts = new long[_keys.Count + 1];
        foreach (((Token _, int group), int rows) in _contributions)
        {
            counts[group] += rows;
        }

        Counts = counts;
        return workload.Rows;
    }

    private void Add(EventBatch batch)
    {
        Token[] tokens = batch.Tokens(WindowWorkload.SubjectSlot).Values;
        TextColumn keys = batch.Text(WindowWorkload.KeySlot);
        var lookup = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int row = 0; row < batch.Count; row++)
        {
            int group = 0;
            if (!totals && !lookup.TryGetValue(keys[row], out group))
            {
                group = _keys.Count;
                _keys.Add(keys[row].ToArray(), group);
            }

            Count(tokens[row], group);
        }
    }

    private void Count(Token subject, int group)
    {
        ref int rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_contributions, (subject, group), out bool exists);
        if (!exists)
        {
            ref int used = ref CollectionsMarshal.GetValueRefOrAddDefault(_groupsOfSubject, subject, out _);
            if (used == groups)
            {
                _contributions.Remove((subject, group));
                return;
            }

            used++;
        }

        rows = Math.Min(rows + 1, RowsPerGroup);
    }
}
