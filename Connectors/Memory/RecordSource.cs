using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Connectors.Memory;

/// <summary>Reads records from a sequence of this process straight into columns. Made by <see cref="Records"/>.</summary>
/// <typeparam name="T">The records.</typeparam>
internal sealed class RecordSource<T> : IEventSource
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMilliseconds(100);
    private readonly Func<IAsyncEnumerable<T>> _open;
    private readonly RecordMap<T> _map;
    private readonly bool _replays;
    private readonly CancellationTokenSource _closed = new();
    private IAsyncEnumerator<T>? _records;
    private SourceContext? _context;
    private Task<bool>? _next;
    private long _count;
    private bool _ended;
    private bool _partitionEnded;
    private string? _warning;

    public RecordSource(string name, Func<IAsyncEnumerable<T>> open, RecordMap<T> map, bool replays) =>
        (Name, _open, _map, _replays, Schema) = (name, open, map, replays, map.Schema);

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public RowSchema Schema { get; }

    /// <inheritdoc />
    public long? TotalBytes => null;

    /// <summary>Records: how many bytes they are is not known.</summary>
    public long BytesRead => Volatile.Read(ref _count);

    /// <inheritdoc />
    public int Partitions => 1;

    /// <inheritdoc />
    public IReadOnlyList<string> Warnings => _warning is null ? [] : [_warning];

    /// <inheritdoc />
    public async ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        _context = context;
        _records = _open().GetAsyncEnumerator(_closed.Token);
        var before = context.Resume.FirstOrDefault(position => position.Partition == Name)?.Line ?? 0;
        if (before > 0 && !_replays)
        {
            _warning = $"Source '{Name}' cannot be read again: {before} records of an earlier run count, and reading starts with what comes.";
            _count = before;
            return;
        }

        for (; _count < before; _count++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await MoveAsync().ConfigureAwait(false))
            {
                throw new SourceException($"Source '{Name}' was read up to record {before} but now has {_count}. Nothing was read.");
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (_ended)
        {
            (var ended, _partitionEnded) = (_partitionEnded, true);
            return ended ? SourceRead.End : SourceRead.PartitionEnd;
        }

        var columns = Rent(batch);
        var bad = new List<int>();
        var rows = 0;
        long? first = null;
        while (rows < EventBatch.Capacity)
        {
            _next ??= MoveAsync();
            if (!_next.IsCompleted && !await ComesAsync(first, cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            if (!await _next.ConfigureAwait(false))
            {
                _ended = true;
                break;
            }

            _next = null;
            if (!TryFill(_records!.Current, columns, rows, _count + rows + 1))
            {
                bad.Add(rows);
            }

            rows++;
            first ??= _context!.Time.GetTimestamp();
        }

        return Finish(batch, rows, bad, cancellationToken);
    }

    /// <inheritdoc />
    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition(Name, string.Empty, _count, _count)];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        // An enumerator that is waiting may not be disposed of; it ends by the token.
        if (_records is not null && _next is null or { IsCompleted: true })
        {
            await _records!.DisposeAsync().ConfigureAwait(false);
        }

        _closed.Dispose();
    }

    private SourceRead Finish(EventBatch batch, int rows, List<int> bad, CancellationToken cancellationToken)
    {
        batch.Partition = 0;
        batch.FirstPosition = _count + 1;
        if (rows == 0)
        {
            foreach (var (slot, _) in Schema.Columns.Where(pair => batch.Has(pair.Slot)))
            {
                batch.Drop(slot);
            }

            cancellationToken.ThrowIfCancellationRequested();
            (var ended, _partitionEnded) = (_ended, _ended);
            return ended ? SourceRead.PartitionEnd : SourceRead.Idle;
        }

        batch.SelectAll(rows);
        bad.ForEach(batch.Deselect);
        Volatile.Write(ref _count, _count + rows);
        return SourceRead.Rows;
    }

    private (string Field, Column Column)[] Rent(EventBatch batch)
    {
        var columns = new List<(string, Column)>();
        foreach (var (slot, definition) in Schema.Columns.Where(pair => pair.Slot > RowSchema.Arrival))
        {
            Column column = definition.Type == ColumnType.Text ? batch.Pool.RentText() : batch.Pool.RentInt64();
            batch.Set(slot, column);
            columns.Add((definition.Name, column));
        }

        return [.. columns];
    }

    // What a reader throws could quote the record; the field's name cannot.
    private bool TryFill(T record, (string Field, Column Column)[] columns, int row, long position)
    {
        foreach (var (field, column) in columns)
        {
            try
            {
                _map.Read(field, record, column, row);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                _context!.DeadLetters.Report(DeadLetterReason.WrongType, 0, position, field);
                return false;
            }
        }

        return true;
    }

    private async Task<bool> MoveAsync()
    {
        try
        {
            return await _records!.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new SourceException($"The sequence of source '{Name}' failed behind record {_count} ({exception.GetType().Name}). What was read before is valid.", exception);
        }
    }

    private async ValueTask<bool> ComesAsync(long? first, CancellationToken cancellationToken)
    {
        var time = _context!.Time;
        var wait = first is { } since ? Linger - time.GetElapsedTime(since) : IdleAfter;
        if (wait <= TimeSpan.Zero || cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_next!, Task.Delay(wait, time, stop.Token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        return _next!.IsCompleted;
    }
}
