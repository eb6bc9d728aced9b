namespace AkkaPrivacy.LoadTests.Soak;

/// <summary>Reads memory at twenty points of a soak.</summary>
/// <param name="events">Events in all.</param>
/// <param name="output">Where the points are printed.</param>
internal sealed class SoakMeter(long events, TextWriter output)
{
    private const int Points = 20;
    private const int WarmUpPoints = Points / 5;
    private readonly List<(long Events, long Allocated, long WorkingSet)> _points = [];

    /// <summary>Called before every batch.</summary>
    /// <param name="done">Events so far.</param>
    public void OnProgress(long done)
    {
        if (done < (_points.Count + 1) * (events / Points))
        {
            return;
        }

        _points.Add((done, GC.GetTotalAllocatedBytes(), Environment.WorkingSet));
        var perEvent = _points.Count < 2 ? 0 : PerEvent(_points[^2], _points[^1]);
        output.WriteLine($"{done,12:N0} events  {perEvent,8:F3} bytes allocated per event  {Environment.WorkingSet / 1048576.0,7:F1} MiB working set  {GC.GetTotalMemory(false) / 1048576.0,7:F1} MiB managed");
    }

    /// <summary>Prints the result.</summary>
    /// <returns>0 when memory is flat and allocation below 1 byte per event, otherwise 1.</returns>
    public int Judge()
    {
        var steady = _points.Skip(WarmUpPoints).ToList();
        var perEvent = PerEvent(steady[0], steady[^1]);
        var growth = (double)steady.Max(point => point.WorkingSet) / steady[0].WorkingSet;
        output.WriteLine($"steady state: {perEvent:F3} bytes allocated per event; working set at most {growth:F2} times that after the first fifth");
        return perEvent < 1 && growth < 1.1 ? 0 : 1;
    }

    private static double PerEvent((long Events, long Allocated, long WorkingSet) from, (long Events, long Allocated, long WorkingSet) to) =>
        (double)(to.Allocated - from.Allocated) / (to.Events - from.Events);
}
