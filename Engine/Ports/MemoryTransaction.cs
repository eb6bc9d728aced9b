namespace AkkaPrivacy.Engine.Ports;

/// <summary>One transaction of a <see cref="MemoryStore"/>: writes at once and keeps how to undo each write.</summary>
/// <remarks>Values are copied in and out, so that a caller that reuses its buffer cannot change what is stored.</remarks>
internal sealed class MemoryTransaction(MemoryTables tables) : IStoreTransaction
{
    private readonly Stack<Action> _undo = new();
    private Exception? _doom;
    private bool _ended;

    public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long afterVersion = 0, int limit = 1_000_000)
    {
        CheckUsable();
        StoreNames.CheckName(stream);
        StoreNames.CheckLimit(limit);
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        var events = tables.Stream(stream);
        var skip = (int)Math.Min(afterVersion, events.Count);
        IReadOnlyList<StoredEvent> page = [.. events.Skip(skip).Take(limit).Select(item => item with { Payload = [.. item.Payload] })];
        return ValueTask.FromResult(page);
    }

    public ValueTask<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events)
    {
        CheckUsable();
        StoreNames.CheckAppend(stream, expectedVersion, events);
        var existing = tables.Stream(stream);
        if (existing.Count != expectedVersion)
        {
            throw Doom(StoreFailures.VersionConflict("the store in memory", stream, expectedVersion, existing.Count));
        }

        _undo.Push(() => existing.RemoveRange((int)expectedVersion, existing.Count - (int)expectedVersion));
        existing.AddRange(events.Select((item, i) => new StoredEvent(expectedVersion + i + 1, item.Type, item.Payload.ToArray())));
        return ValueTask.FromResult((long)existing.Count);
    }

    public ValueTask<byte[]?> GetAsync(string table, string key)
    {
        CheckUsable();
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        return ValueTask.FromResult(tables.Rows(table).TryGetValue(key, out var value) ? (byte[]?)[.. value] : null);
    }

    public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value)
    {
        CheckUsable();
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        StoreNames.CheckValue(value);
        var rows = tables.Rows(table);
        PushUndo(rows, key);
        rows[key] = value.ToArray();
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAsync(string table, string key)
    {
        CheckUsable();
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        var rows = tables.Rows(table);
        PushUndo(rows, key);
        rows.Remove(key);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<StoredRow>> ScanAsync(string table, string prefix = "", string? afterKey = null, int limit = 1_000_000)
    {
        CheckUsable();
        StoreNames.CheckName(table);
        StoreNames.CheckScan(prefix, afterKey, limit);
        var rows = tables.Rows(table);
        var first = Math.Max(FirstAtLeast(rows.Keys, prefix), afterKey is null ? 0 : FirstAbove(rows.Keys, afterKey));
        var page = new List<StoredRow>();
        for (var i = first; i < rows.Count && page.Count < limit && rows.Keys[i].StartsWith(prefix, StringComparison.Ordinal); i++)
        {
            page.Add(new StoredRow(rows.Keys[i], [.. rows.Values[i]]));
        }

        return ValueTask.FromResult<IReadOnlyList<StoredRow>>(page);
    }

    public ValueTask<long> AcquireEpochAsync(string resource)
    {
        CheckUsable();
        StoreNames.CheckName(resource);
        var before = tables.Epochs.GetValueOrDefault(resource);
        _undo.Push(() => tables.Epochs[resource] = before);
        tables.Epochs[resource] = before + 1;
        return ValueTask.FromResult(before + 1);
    }

    public ValueTask FenceAsync(string resource, long epoch)
    {
        CheckUsable();
        StoreNames.CheckName(resource);
        var newest = tables.Epochs.GetValueOrDefault(resource);
        return newest == epoch ? ValueTask.CompletedTask : throw Doom(new FencedException(resource, epoch, newest));
    }

    public ValueTask<long> EpochAsync(string resource)
    {
        CheckUsable();
        StoreNames.CheckName(resource);
        return ValueTask.FromResult(tables.Epochs.GetValueOrDefault(resource));
    }

    /// <summary>Keeps the writes, unless the transaction is doomed.</summary>
    public void Commit()
    {
        if (_doom is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_doom);
        }

        _undo.Clear();
    }

    /// <summary>Undoes what was not committed and refuses further use.</summary>
    public void End()
    {
        _ended = true;
        while (_undo.TryPop(out var undo))
        {
            undo();
        }
    }

    private static int FirstAtLeast(IList<string> keys, string bound) => Search(keys, bound, static order => order < 0);

    private static int FirstAbove(IList<string> keys, string bound) => Search(keys, bound, static order => order <= 0);

    private static int Search(IList<string> keys, string bound, Func<int, bool> isBefore)
    {
        var (low, high) = (0, keys.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = isBefore(StoreNames.CompareUtf8(keys[middle], bound)) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void PushUndo(SortedList<string, byte[]> rows, string key)
    {
        if (rows.TryGetValue(key, out var before))
        {
            _undo.Push(() => rows[key] = before);
        }
        else
        {
            _undo.Push(() => rows.Remove(key));
        }
    }

    private Exception Doom(Exception failure) => _doom = failure;

    private void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        if (_doom is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_doom);
        }
    }
}
