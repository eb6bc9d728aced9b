using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>What a run has done, through all its restarts. Rows that are read again after a restart are not counted again:
/// counts go back to the last stored checkpoint with the reader.</summary>
internal sealed class RunTotals(DeadLetters deadLetters)
{
    private readonly Dictionary<ReleaseId, WithheldRelease> _withheld = [];
    private readonly Lock _lock = new();
    private long _rowsRead;
    private long _markedRows;
    private long _keptRows;
    private int _released;
    private int _replayed;

    public DeadLetters DeadLetters => deadLetters;

    /// <summary>Whether this run has stored a checkpoint, to which it can go back whatever its settings say of earlier runs.</summary>
    public bool HasCheckpoint { get; private set; }

    public List<string> Warnings { get; } = [];

    public long RowsRead => Interlocked.Read(ref _rowsRead);

    public int Released => Volatile.Read(ref _released);

    public int Replayed => Volatile.Read(ref _replayed);

    public IReadOnlyList<WithheldRelease> Withheld
    {
        get
        {
            lock (_lock)
            {
                return [.. _withheld.Values];
            }
        }
    }

    public void Read(int rows) => Interlocked.Add(ref _rowsRead, rows);

    /// <summary>To be called at a barrier, while the lanes rest.</summary>
    public void Mark()
    {
        _markedRows = RowsRead;
        deadLetters.Mark();
    }

    /// <summary>To be called when the checkpoint of the last marked barrier has been stored.</summary>
    public void Keep()
    {
        HasCheckpoint = true;
        _keptRows = _markedRows;
        deadLetters.Keep();
    }

    /// <summary>The reader goes back to the last checkpoint.</summary>
    public void GoBack()
    {
        Interlocked.Exchange(ref _rowsRead, _keptRows);
        deadLetters.GoBack();
    }

    /// <summary>Adds what one transaction of releases has brought. A window that was asked for again counts once.</summary>
    public void Add(int released, int replayed, IReadOnlyList<WithheldRelease> withheld, IEnumerable<ReleaseId> asked)
    {
        lock (_lock)
        {
            foreach (var id in asked)
            {
                _withheld.Remove(id);
            }

            foreach (var release in withheld)
            {
                _withheld[release.Id] = release;
            }

            (_released, _replayed) = (_released + released, _replayed + replayed);
        }
    }
}
