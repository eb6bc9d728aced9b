using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;

namespace AkkaPrivacy.Operators.Window;

/// <summary>The open windows or panes of a lane and spare states for those to come.</summary>
/// <param name="plan">The plan.</param>
/// <param name="known">The known groups; null when keys are unknown.</param>
internal sealed class OpenWindows(BoundedWindowPlan plan, GroupTable? known)
{
    private const int MostSpares = 64;
    private readonly SubjectLayout _layout = new(plan.Bounds, plan.Sums.Count);
    private readonly Dictionary<long, OpenWindow> _open = [];
    private readonly Stack<OpenWindow> _spares = new();
    private OpenWindow? _last;

    // No open window holds more.
    private long _mostBytes;

    /// <summary>Number of open windows.</summary>
    public int Count => _open.Count;

    /// <summary>Bytes held, spares included.</summary>
    public long Bytes { get; private set; }

    /// <summary>The open windows that end at or before a time, in the order of their ends.</summary>
    /// <param name="upToMs">The time.</param>
    /// <returns>A list of its own.</returns>
    public IReadOnlyList<OpenWindow> EndingBy(long upToMs) => _open.Count == 0
        ? []
        : [.. _open.Values.Where(window => window.Window.EndMs <= upToMs).OrderBy(window => window.Window)];

    /// <summary>An open window by its start, or null.</summary>
    /// <param name="startMs">The start.</param>
    /// <returns>The window.</returns>
    public OpenWindow? Find(long startMs)
    {
        if (_last is null || _last.Window.StartMs != startMs)
        {
            _last = _open.GetValueOrDefault(startMs) ?? _last;
        }

        return _last?.Window.StartMs == startMs ? _last : null;
    }

    /// <summary>Opens a window that is not open.</summary>
    /// <param name="startMs">Its start.</param>
    /// <returns>The empty window.</returns>
    public OpenWindow Open(long startMs)
    {
        var window = Spare();
        window.Open(new TimeWindow(startMs, startMs + plan.SlideMs), plan.Grid.IsSliding ? plan.Grid.PeriodOf(startMs) : startMs);
        _open.Add(startMs, window);
        Note(window);
        return window;
    }

    /// <summary>A state that is not in use.</summary>
    /// <returns>The state, empty.</returns>
    public OpenWindow Spare() => _spares.TryPop(out var spare) ? spare : new OpenWindow(plan, _layout, known);

    /// <summary>Notes what a window holds now.</summary>
    /// <param name="window">One of the open windows.</param>
    public void Note(OpenWindow window)
    {
        Bytes += window.Bytes - window.NotedBytes;
        window.NotedBytes = window.Bytes;
        _mostBytes = Math.Max(_mostBytes, window.Bytes);
    }

    /// <summary>The window that holds the most memory.</summary>
    /// <param name="candidate">The open window that is taken when none holds more.</param>
    /// <returns>One of the open windows.</returns>
    public OpenWindow Largest(OpenWindow candidate)
    {
        if (candidate.Bytes < _mostBytes)
        {
            candidate = _open.Values.MaxBy(window => window.Bytes)!;
            _mostBytes = candidate.Bytes;
        }

        return candidate;
    }

    /// <summary>Gives spare states back.</summary>
    /// <returns>False when there was none.</returns>
    public bool DropSpares()
    {
        var any = _spares.Count > 0;
        while (_spares.TryPop(out var spare))
        {
            Bytes -= spare.NotedBytes;
        }

        return any;
    }

    /// <summary>Takes a window out and does not recycle its state.</summary>
    /// <param name="window">The window.</param>
    public void Remove(OpenWindow window)
    {
        Bytes -= window.NotedBytes;
        _open.Remove(window.StartMs);
        _last = null;
    }

    /// <summary>Closes a window and recycles its state.</summary>
    /// <param name="window">The window.</param>
    public void Close(OpenWindow window)
    {
        _open.Remove(window.StartMs);
        _last = null;
        if (_spares.Count < MostSpares)
        {
            window.Clear();
            Note(window);
            _spares.Push(window);
        }
        else
        {
            Bytes -= window.NotedBytes;
        }
    }
}
