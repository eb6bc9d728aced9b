namespace AkkaPrivacy.Engine.Stages;

/// <summary>Counters of one stage in one lane. Written by the stage's thread only, read by anyone; they carry no
/// label that names a site, subject or key.</summary>
public sealed class StageMetrics
{
    private long _batches;
    private long _rowsIn;
    private long _rowsOut;
    private long _busyTicks;

    /// <summary>Elements taken.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Rows taken.</summary>
    public long RowsIn => Volatile.Read(ref _rowsIn);

    /// <summary>Rows passed on.</summary>
    public long RowsOut => Volatile.Read(ref _rowsOut);

    /// <summary>Time spent inside the stage, in ticks of the clock's timestamp frequency.</summary>
    public long BusyTicks => Volatile.Read(ref _busyTicks);

    /// <summary>Adds one element.</summary>
    /// <param name="rowsIn">Rows it had.</param>
    /// <param name="rowsOut">Rows that were passed on.</param>
    /// <param name="busyTicks">Time it took.</param>
    public void Add(long rowsIn, long rowsOut, long busyTicks)
    {
        Volatile.Write(ref _batches, _batches + 1);
        Volatile.Write(ref _rowsIn, _rowsIn + rowsIn);
        Volatile.Write(ref _rowsOut, _rowsOut + rowsOut);
        Volatile.Write(ref _busyTicks, _busyTicks + busyTicks);
    }
}
