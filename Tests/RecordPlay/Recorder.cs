using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>
/// Keeps every call of a mechanism, and plays the outputs of another run back where it was given them. Only calls of a transaction
/// that is stored count: nobody ever sees what was drawn in another, and its windows are drawn again.
/// </summary>
internal sealed class Recorder(int seed, IReadOnlyDictionary<string, PlayRelease>? played) : IBoundedTruthTap
{
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, WindowAggregate> _aggregates = [];
    private readonly ConcurrentDictionary<IStoreTransaction, List<PlayRelease>> _open = new(ReferenceEqualityComparer.Instance);
    private PlayRelease? _current;

    /// <summary>The releases that are stored.</summary>
    public SortedDictionary<string, PlayRelease> Trace { get; } = new(StringComparer.Ordinal);

    /// <summary>What should never happen, whatever the data.</summary>
    public List<string> Faults { get; } = [];

    public void OnRelease(ReleaseId id, QueryPlan query, WindowAggregate aggregate) => _aggregates[id.ToString()] = aggregate;

    public void Begin(IStoreTransaction transaction) => _open[transaction] = [];

    public void End(IStoreTransaction transaction, bool isStored)
    {
        _open.TryRemove(transaction, out var releases);
        foreach (var release in isStored ? releases! : [])
        {
            if (!Trace.TryAdd(release.Id, release))
            {
                Faults.Add($"{release.Id} was drawn and stored twice");
            }
        }
    }

    /// <summary>Runs the draw of a release.</summary>
    public DrawnValues Draw(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw)
    {
        var release = _current = new PlayRelease(request);
        var values = draw();
        _current = null;
        _open[transaction].Add(release);
        return values;
    }

    /// <summary>A selection. Recorded decisions are drawn by a coin, not by the mechanism, so that traces go everywhere; a key that one
    /// subject could take away is never kept, which is the probability that delta pays for.</summary>
    public bool[] Select(PlayCall call, long[] subjects, int preThreshold)
    {
        var aggregate = Aggregate();
        var frozen = Frozen(call);
        var keep = new bool[subjects.Length];
        for (var i = 0; i < keep.Length; i++)
        {
            var key = Text(aggregate.KeyText(i));
            keep[i] = played is null ? subjects[i] > preThreshold && _random.Next(3) > 0 : frozen?.Outputs.GetValueOrDefault(key) is [1];
            call.Inputs[key] = [subjects[i]];
            call.Outputs[key] = [keep[i] ? 1 : 0];
        }

        return keep;
    }

    /// <summary>Noise on some cells of each key; changes them.</summary>
    public void Noise(PlayCall call, Span<long> values, Action<long[]> draw)
    {
        var keys = Keys(call.Query);
        var cells = keys.Count == 0 ? 0 : values.Length / keys.Count;
        var drawn = values.ToArray();
        draw(drawn);
        var frozen = Frozen(call);
        for (var i = 0; i < keys.Count; i++)
        {
            var range = new Range(i * cells, (i + 1) * cells);
            call.Inputs[keys[i]] = values[range].ToArray();
            call.Outputs[keys[i]] = frozen?.Outputs.GetValueOrDefault(keys[i]) is { } output && output.Length == cells ? output : drawn[range];
            call.Outputs[keys[i]].CopyTo(values[range]);
        }

        Check(call, keys);
    }

    /// <summary>A step of totals.</summary>
    public void Step(PlayCall call, ReadOnlySpan<long> values)
    {
        var keys = Keys(call.Query);
        for (var i = 0; i < keys.Count; i++)
        {
            call.Inputs[keys[i]] = [values[i]];
        }

        _ = Frozen(call);
    }

    /// <summary>The totals after the last step; changes them.</summary>
    public void Totals(Span<long> totals)
    {
        var call = _current!.Calls[^1];
        var keys = Keys(call.Query);
        var frozen = Frozen(_current.Calls.Count - 1);
        for (var i = 0; i < keys.Count; i++)
        {
            call.Outputs[keys[i]] = frozen?.Outputs.GetValueOrDefault(keys[i]) ?? [totals[i]];
            totals[i] = call.Outputs[keys[i]][0];
        }
    }

    private static string Text(IEnumerable<string> key) => string.Join('|', key);

    private WindowAggregate Aggregate() => _aggregates[_current!.Id];

    // Notes the call, and finds that in its place.
    private PlayCall? Frozen(PlayCall call)
    {
        _current!.Calls.Add(call);
        return Frozen(_current.Calls.Count - 1);
    }

    private PlayCall? Frozen(int place) => played?.GetValueOrDefault(_current!.Id) is { } release && place < release.Calls.Count ? release.Calls[place] : null;

    // In the order in which values are given to mechanisms: keys are sorted by their parts.
    private List<string> Keys(QueryPlan query)
    {
        var aggregate = Aggregate();
        var keys = query.Bounded.KnownKeys?.Select(key => key.ToArray())
            ?? Enumerable.Range(0, aggregate.Count).Select(aggregate.KeyText).Where(key => _current!.Calls[0].Outputs[Text(key)][0] == 1);
        return [.. keys.Order(Comparer<string[]>.Create(Compare)).Select(Text)];
    }

    private static int Compare(string[] a, string[] b) => a.Zip(b, string.CompareOrdinal).FirstOrDefault(order => order != 0);

    // Whether values were given in the order of keys that is taken here.
    private void Check(PlayCall call, List<string> keys)
    {
        var (query, aggregate) = (call.Query, Aggregate());
        foreach (var key in query.Statistic is null ? keys : [])
        {
            var group = aggregate.Find(WindowAggregate.EncodeKey(key.Length == 0 && query.Bounded.GroupBy.Count == 0 ? [] : key.Split('|')));
            var value = group < 0 ? 0 : query.Aggregate switch
            {
                AggregateKind.Count when query.SumIndex < 0 => aggregate.Rows[group],
                AggregateKind.DistinctSubjects => aggregate.Subjects[group],
                _ => aggregate.Sums(query.SumIndex)[group],
            };
            if (call.Inputs[key] is not [var input] || input != value)
            {
                Faults.Add($"{_current!.Id}: group '{key}' holds {value}, and the mechanism was given {string.Join(' ', call.Inputs[key])}");
            }
        }
    }
}
