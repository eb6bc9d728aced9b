using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Windows, or panes of sliding ones, whose state was given up. A great many are held as one span of time, in which
/// every window counts as given up: that withholds more, and takes no memory.</summary>
/// <param name="grid">The windows.</param>
internal sealed class GivenUpPanes(WindowGrid grid)
{
    private const int MostSingle = 65_536;
    private readonly SortedSet<long> _single = [];
    private (long From, long To)? _span;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _single.Count == 0 && _span is null;

    /// <summary>Adds one.</summary>
    /// <param name="startMs">Its start.</param>
    public void Add(long startMs)
    {
        _single.Add(startMs);
        if (_single.Count > MostSingle)
        {
            _span = (Math.Min(_single.Min, _span?.From ?? long.MaxValue), Math.Max(_single.Max, _span?.To ?? long.MinValue));
            _single.Clear();
        }
    }

    /// <summary>Whether one was given up.</summary>
    /// <param name="startMs">Its start.</param>
    /// <returns>True when it was.</returns>
    public bool Contains(long startMs) => _single.Contains(startMs) || (_span is { } span && startMs >= span.From && startMs <= span.To);

    /// <summary>Those from one time to another.</summary>
    /// <param name="fromMs">The earliest start.</param>
    /// <param name="beforeMs">The latest start, exclusive.</param>
    /// <returns>Their starts; one may occur twice.</returns>
    public IEnumerable<long> Between(long fromMs, long beforeMs)
    {
        foreach (var start in _single.Where(start => start >= fromMs && start < beforeMs))
        {
            yield return start;
        }

        if (_span is { } span)
        {
            for (var start = grid.PaneOf(Math.Max(span.From, fromMs)); start <= span.To && start < beforeMs; start += grid.SlideMs)
            {
                yield return start;
            }
        }
    }

    /// <summary>Forgets those of which every window has fired.</summary>
    /// <param name="firedUpToMs">What has fired.</param>
    public void Drop(long firedUpToMs)
    {
        _single.RemoveWhere(start => IsOver(start, firedUpToMs));
        _span = _span is { } span && IsOver(span.To, firedUpToMs) ? null : _span;
    }

    /// <summary>Writes them.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(SnapshotWriter writer)
    {
        writer.WriteArray<long>(_single.ToArray());
        writer.WriteArray<long>(_span is { } span ? [span.From, span.To] : []);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="SnapshotException">The state is damaged.</exception>
    public void Read(SnapshotReader reader)
    {
        _single.UnionWith(reader.ReadArray<long>());
        var span = reader.ReadArray<long>();
        if (_single.Count > MostSingle || span.Length is not (0 or 2) || (span.Length == 2 && span[0] > span[1]) || _single.Concat(span).Any(start => grid.PaneOf(start) != start))
        {
            throw new SnapshotException("The stored state is damaged: a window that was given up is not possible.");
        }

        _span = span.Length == 0 ? null : (span[0], span[1]);
    }

    private bool IsOver(long startMs, long firedUpToMs) => grid.LastStart(startMs) + grid.SizeMs <= firedUpToMs;
}
