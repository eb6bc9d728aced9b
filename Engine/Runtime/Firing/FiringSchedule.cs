using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>
/// Decides which windows fire, from arrival stamps and the declared range only, never from what is in the rows. A window
/// fires once: what has fired is part of the checkpoint.
/// </summary>
internal sealed class FiringSchedule
{
    /// <summary>More windows than this at one barrier mean a wrong clock or range.</summary>
    public const int MaxWindowsAtOnce = 200_000;

    private readonly PipelineSettings _settings;
    private readonly WindowGrid[] _grids;
    private readonly long[] _holds;
    private readonly long?[] _firedUpTo;
    private readonly long?[] _begins;
    private (long Low, long High)? _range;

    public FiringSchedule(PipelinePlan plan)
    {
        _settings = plan.Settings;
        _grids = [.. plan.Branches.Select(branch => branch.Bounded.Grid)];
        _holds = [.. plan.Branches.Select(branch => branch.Bounded.HoldMs)];
        _firedUpTo = new long?[_grids.Length];
        _begins = new long?[_grids.Length];
    }

    public IReadOnlyList<long?> FiredUpTo => _firedUpTo;

    /// <summary>For each branch that a reload has added, its first window: earlier ones were not read in full. Null for others.</summary>
    public IReadOnlyList<long?> Begins => _begins;

    /// <summary>Up to where windows have fired; null before the first.</summary>
    public long? LastFired => _firedUpTo.Where((fired, i) => !(fired <= _begins[i])).Max();

    public (long Low, long High)? Range => _range;

    /// <summary>No window that ends later fires before this is moved on: rows of it may wait for what is released before.</summary>
    public long Limit { get; set; } = long.MaxValue;

    /// <summary>Whether the input has ended, so that windows fire whatever the frontier is.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The first window of a branch that has not fired, or an earlier one as long as stamps may come that belong to it: before the
    /// branch has fired, those that are older than the frontier by up to the allowed lateness. So it never moves back. Null when there will
    /// be none, the smallest number before anything has come.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="frontier">How far stamps have come.</param>
    /// <param name="seen">Their range, while nothing is in flight.</param>
    public long? NextStart(int branch, long? frontier, (long Low, long High)? seen)
    {
        var (grid, range) = (_grids[branch], Union(seen));
        var from = From(branch, range);
        if (!HasEnded && _settings.TimeRange is null && _firedUpTo[branch] is null)
        {
            from = frontier is { } arrived ? Math.Min(from, grid.PaneOf(arrived - (long)_settings.AllowedLateness.TotalMilliseconds)) : long.MinValue;
        }

        if (from == long.MinValue)
        {
            return HasEnded ? null : from;
        }

        var next = grid.NextStart(from);
        var isBounded = HasEnded || _settings.TimeRange is not null;
        return isBounded && next + grid.SizeMs > End(branch, range) ? null : next;
    }

    /// <summary>Whether windows are left that may only fire once others have.</summary>
    public bool IsLimited((long Low, long High)? seen) =>
        Enumerable.Range(0, _grids.Length).Any(branch => End(branch, Union(seen)) > Limit);

    public void Restore(IReadOnlyList<long?> firedUpTo, IReadOnlyList<long?> begins, (long Low, long High)? range)
    {
        for (var i = 0; i < _firedUpTo.Length; i++)
        {
            _firedUpTo[i] = firedUpTo[i];
            _begins[i] = begins.ElementAtOrDefault(i);
        }

        _range = range;
    }

    /// <summary>Whether the frontier has passed the end of a window that has not fired, allowed lateness included.</summary>
    public bool IsDue(long? frontier, (long Low, long High)? seen) => IsDue(frontier, seen, Limit);

    /// <summary>The same with another limit.</summary>
    public bool IsDue(long? frontier, (long Low, long High)? seen, long limit)
    {
        if (frontier is not { } arrived)
        {
            return false;
        }

        var range = Union(seen);
        for (var i = 0; i < _grids.Length; i++)
        {
            var from = From(i, range);
            if (from == long.MinValue || _grids[i].NextStart(from) + _grids[i].SizeMs <= UpTo(i, arrived, limit))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The firing of one barrier: a frontier for each branch and the windows that are released.</summary>
    public Firing Next(long? frontier, (long Low, long High)? seen, bool isEnd)
    {
        _range = Union(seen);
        var frontiers = new Frontier[_grids.Length];
        var windows = new List<(int Branch, TimeWindow Window)>();
        for (var i = 0; i < _grids.Length; i++)
        {
            // A stage that holds rows back must not be told of the start of the input as of something that has come.
            var fired = Math.Max(_firedUpTo[i] ?? long.MinValue, _holds[i] > 1 ? long.MinValue : Start(i, _range));
            var upTo = Math.Max(fired, isEnd ? End(i, _range) : HasEnded ? Math.Min(End(i, _range), Limited(i, Limit)) : frontier is { } arrived ? UpTo(i, arrived, Limit) : fired);
            frontiers[i] = new Frontier(Start(i, _range), upTo, isEnd);
            var reach = isEnd || HasEnded ? End(i, _range) : frontier is { } reached ? _grids[i].PaneOf(reached - (long)_settings.AllowedLateness.TotalMilliseconds) : upTo;
            Enumerate(i, From(i, _range), upTo, _settings.TimeRange is null ? Math.Max(upTo, reach) : upTo, windows);
        }

        windows.Sort((a, b) => a.Window.CompareTo(b.Window) is var order && order != 0 ? order : a.Branch.CompareTo(b.Branch));
        return new Firing(frontiers, windows);
    }

    /// <summary>The windows of a branch that hold rows which were read and have not fired: from the first one's start to the
    /// last one's end. Null when there is none.</summary>
    public TimeWindow? Open(int branch, (long Low, long High)? seen)
    {
        var range = Union(seen);
        if (range is not { } read || From(branch, range) is var from && from == long.MinValue)
        {
            return null;
        }

        var (first, end) = (_grids[branch].NextStart(from), _grids[branch].At(_grids[branch].PaneOf(read.High)).EndMs);
        return first < end ? new TimeWindow(first, end) : null;
    }

    /// <summary>All stamps that counted, in firings and since.</summary>
    public (long Low, long High)? Read((long Low, long High)? seen) => Union(seen);

    public void MarkFired(Firing firing)
    {
        for (var i = 0; i < _grids.Length; i++)
        {
            if (firing.Frontiers[i].FireUpToMs != long.MinValue)
            {
                _firedUpTo[i] = firing.Frontiers[i].FireUpToMs;
            }
        }
    }

    // However many barriers it takes: what lies within reach counts.
    private void Enumerate(int branch, long from, long upTo, long reach, List<(int Branch, TimeWindow Window)> windows)
    {
        if (from == long.MinValue || upTo <= from)
        {
            return;
        }

        var grid = _grids[branch];
        var count = (reach - from) / grid.SlideMs;
        if (count > MaxWindowsAtOnce)
        {
            throw new PipelineException(
                $"{count} windows of {TimeSpan.FromMilliseconds(grid.SizeMs)} would fire at once, from {grid.At(grid.PaneOf(from)).Start:u} on; at most {MaxWindowsAtOnce} may. "
                + "A clock or the time range is wrong: declare it with time.range. Nothing was released; the last stored state stays in force.");
        }

        for (var start = grid.NextStart(from); start + grid.SizeMs <= upTo; start = grid.NextStart(start + 1))
        {
            windows.Add((branch, grid.At(start)));
        }
    }

    private (long Low, long High)? Union((long Low, long High)? seen) => (_range, seen) switch
    {
        ({ } a, { } b) => (Math.Min(a.Low, b.Low), Math.Max(a.High, b.High)),
        _ => _range ?? seen,
    };

    // The first window that the input covers; it may not be covered from its very start.
    private long Start(int branch, (long Low, long High)? range) =>
        (_settings.TimeRange?.StartMs ?? range?.Low) is { } low ? Math.Max(_grids[branch].PaneOf(low), _begins[branch] ?? long.MinValue) : long.MinValue;

    // Where the windows begin that have not fired: those that fired end by then.
    private long From(int branch, (long Low, long High)? range)
    {
        var grid = _grids[branch];
        var start = Start(branch, range);
        return _firedUpTo[branch] is { } fired ? Math.Max(fired - grid.SizeMs + grid.SlideMs, start) : start;
    }

    private long UpTo(int branch, long arrived, long limit)
    {
        var upTo = Limited(branch, Math.Min(arrived - (long)_settings.AllowedLateness.TotalMilliseconds, limit));
        return _settings.TimeRange is null ? upTo : Math.Min(upTo, End(branch, _range));
    }

    private long Limited(int branch, long settled) => settled is long.MinValue or long.MaxValue ? settled : _grids[branch].PaneOf(TimeWindow.FloorTo(settled, _holds[branch]));

    // The end of the last window that begins in the input.
    private long End(int branch, (long Low, long High)? range) =>
        (_settings.TimeRange is { } declared ? declared.EndMs - 1 : range?.High) is { } last
            ? _grids[branch].At(_grids[branch].PaneOf(last)).EndMs
            : long.MinValue;
}

/// <summary>What fires at one barrier.</summary>
/// <param name="Frontiers">One for each branch.</param>
/// <param name="Windows">The windows to release, in order of their ends; also those without rows.</param>
internal sealed record Firing(IReadOnlyList<Frontier> Frontiers, IReadOnlyList<(int Branch, TimeWindow Window)> Windows);
