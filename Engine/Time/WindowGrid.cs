namespace AkkaPrivacy.Engine.Time;

/// <summary>Which windows there are: they begin every slide from the start of an accounting period on, and each lies within one
/// period. With a slide of the window's own size they tumble; with a smaller one they overlap and are sums of panes, each
/// of one slide.</summary>
/// <param name="SizeMs">The window's size, milliseconds.</param>
/// <param name="SlideMs">From one start to the next, milliseconds; divides the size and the period.</param>
/// <param name="PeriodMs">The accounting period, milliseconds.</param>
internal readonly record struct WindowGrid(long SizeMs, long SlideMs, long PeriodMs)
{
    /// <summary>Whether windows overlap.</summary>
    public bool IsSliding => SlideMs != SizeMs;

    private long LastOffset => PeriodMs - SizeMs;

    /// <summary>The start of the pane that holds an instant.</summary>
    /// <param name="timeMs">The instant.</param>
    /// <returns>The start. It is exact modulo 2^64 also where it wraps, so that a row always lies inside its own pane.</returns>
    public long PaneOf(long timeMs) => TimeWindow.FloorTo(timeMs, SlideMs);

    /// <summary>The first window that a pane is part of.</summary>
    /// <param name="paneMs">Start of the pane.</param>
    /// <returns>The window's start.</returns>
    public long FirstStart(long paneMs) => IsSliding ? Math.Max(paneMs - SizeMs + SlideMs, PeriodOf(paneMs)) : paneMs;

    /// <summary>The last window that a pane is part of.</summary>
    /// <param name="paneMs">Start of the pane.</param>
    /// <returns>The window's start.</returns>
    public long LastStart(long paneMs) => IsSliding ? Math.Min(paneMs, PeriodOf(paneMs) + LastOffset) : paneMs;

    /// <summary>The first window that starts at or after an instant.</summary>
    /// <param name="fromMs">The instant.</param>
    /// <returns>The window's start.</returns>
    public long NextStart(long fromMs)
    {
        var start = TimeWindow.FloorTo(fromMs, SlideMs);
        start += start < fromMs ? SlideMs : 0;
        return start - PeriodOf(start) <= LastOffset ? start : PeriodOf(start) + PeriodMs;
    }

    /// <summary>The window of a start.</summary>
    /// <param name="startMs">The start.</param>
    /// <returns>The window.</returns>
    public TimeWindow At(long startMs) => new(startMs, startMs + SizeMs);

    /// <summary>The start of the period that an instant lies in.</summary>
    /// <param name="timeMs">The instant.</param>
    /// <returns>The start.</returns>
    public long PeriodOf(long timeMs) => TimeWindow.FloorTo(timeMs, PeriodMs);
}
