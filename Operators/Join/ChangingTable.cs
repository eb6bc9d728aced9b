using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Enrich;

namespace AkkaPrivacy.Operators.Join;

/// <summary>A table with versions that is loaded again when its file changes. Shared by all lanes.</summary>
/// <remarks>A load may add, change or take away versions only if they begin later than the lead from now. Rows that were read so far
/// happened before that, so each of them would find the same version in the new table: which table a row met does not
/// matter, and a replay with the newest file gives the same rows.</remarks>
internal sealed class ChangingTable : ITableSource
{
    private readonly JoinOperator _join;
    private readonly Func<TableLoader> _loader;
    private readonly Lock _lock = new();
    private volatile LookupTable _table;
    private string? _stamp;
    private long _lastLook = long.MinValue;

    private ChangingTable(JoinOperator join, Func<TableLoader> loader, LookupTable table, string? stamp) =>
        (_join, _loader, _table, _stamp) = (join, loader, table, stamp);

    /// <summary>Loads it for the first time; versions may begin at any time.</summary>
    public static ChangingTable? Load(JoinOperator join, Func<TableLoader> loader, out IReadOnlyList<string> mistakes)
    {
        // Looked at before the file is read: a change meanwhile is seen as one.
        var stamp = Look(join);
        var first = loader();
        var table = first.Load();
        mistakes = first.Mistakes;
        return table is null ? null : new ChangingTable(join, loader, table, stamp);
    }

    public LookupTable Current(StageContext context)
    {
        if (_join.Stamp is null)
        {
            return _table;
        }

        var now = context.Time.GetTimestamp();
        var last = Interlocked.Read(ref _lastLook);
        if (last == long.MinValue || context.Time.GetElapsedTime(last, now) >= _join.ReloadInterval)
        {
            lock (_lock)
            {
                if (Interlocked.Read(ref _lastLook) == last)
                {
                    LoadIfChanged(context);
                    Interlocked.Exchange(ref _lastLook, now);
                }
            }
        }

        return _table;
    }

    private static string? Look(JoinOperator join)
    {
        try
        {
            return join.Stamp?.Invoke();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void LoadIfChanged(StageContext context)
    {
        var stamp = Look(_join);
        if (stamp == _stamp)
        {
            return;
        }

        var loader = _loader();
        var table = loader.Load();
        if (table is null)
        {
            throw new PipelineException($"Stage '{context.Name}' cannot go on: the file of its table has changed and cannot be used. {string.Join("; ", loader.Mistakes)}. The last stored state stays in force and nothing is lost: repair the file and run again.");
        }

        var settled = (context.Time.GetUtcNow() + _join.Lead).ToUnixTimeMilliseconds();
        if (table.History(settled) != _table.History(settled))
        {
            throw new PipelineException($"Stage '{context.Name}' cannot go on: the file of table '{_join.Table.Name}' ({_join.Table.Place}) has changed at versions that hold already or begin within {_join.Lead}, so rows that were counted would look different now. The last stored state stays in force: take the change back, or run again to use the file as it is from there on.");
        }

        (_table, _stamp) = (table, stamp);
    }
}
