namespace AkkaPrivacy.Engine.Batches;

/// <summary>Recycles batches, columns and arenas, so that a running pipeline allocates nothing per row.
/// Safe for concurrent use.</summary>
public sealed class BatchPool
{
    // Sources fill a batch with 256 KiB, and stages may add to it.
    private const int ArenaBytes = 288 * 1024;
    private const int LargestKeptArena = 8 * 1024 * 1024;
    private readonly Shelf<EventBatch> _batches = new();
    private readonly Shelf<Int64Column> _numbers = new();
    private readonly Shelf<TokenColumn> _tokens = new();
    private readonly Shelf<TextColumn> _texts = new();
    private readonly Shelf<ByteArena> _arenas = new();
    private long _outstanding;

    /// <summary>Batches that were rented and not disposed of; 0 when a pipeline has ended cleanly.</summary>
    public long Outstanding => Interlocked.Read(ref _outstanding);

    /// <summary>An empty batch; the caller owns it and disposes of it or passes it on.</summary>
    /// <returns>The batch.</returns>
    public EventBatch RentBatch()
    {
        Interlocked.Increment(ref _outstanding);
        return _batches.Take() ?? new EventBatch(this);
    }

    /// <summary>A column of numbers with arbitrary content.</summary>
    /// <returns>The column.</returns>
    public Int64Column RentInt64() => _numbers.Take() ?? new Int64Column(this);

    /// <summary>A column of tokens with arbitrary content.</summary>
    /// <returns>The column.</returns>
    public TokenColumn RentTokens() => _tokens.Take() ?? new TokenColumn(this);

    /// <summary>A column of texts over an arena.</summary>
    /// <param name="arena">The arena; the column holds a reference of its own.</param>
    /// <returns>The column.</returns>
    public TextColumn RentText(ByteArena arena)
    {
        var column = _texts.Take() ?? new TextColumn(this);
        arena.AddReference();
        column.Attach(arena);
        return column;
    }

    /// <summary>A column of texts over an arena of its own.</summary>
    /// <returns>The column.</returns>
    public TextColumn RentText()
    {
        var column = _texts.Take() ?? new TextColumn(this);
        column.Attach(RentArena());
        return column;
    }

    /// <summary>An empty arena with one reference, the caller's.</summary>
    /// <returns>The arena.</returns>
    public ByteArena RentArena() => _arenas.Take() ?? new ByteArena(this, ArenaBytes);

    internal void Return(EventBatch batch)
    {
        Interlocked.Decrement(ref _outstanding);
        _batches.Put(batch);
    }

    internal void Return(ByteArena arena)
    {
        // An arena that one huge line has blown up goes to the collector.
        if (arena.Buffer.Length <= LargestKeptArena)
        {
            arena.Reset();
            _arenas.Put(arena);
        }
    }

    internal void Return(Column column)
    {
        switch (column)
        {
            case Int64Column numbers: _numbers.Put(numbers); break;
            case TokenColumn tokens: _tokens.Put(tokens); break;
            case TextColumn texts: _texts.Put(texts); break;
            default: throw new InvalidOperationException($"No shelf for {column.GetType().Name}.");
        }
    }

    // A stack under a lock: it is taken once per column and batch, and unlike a concurrent bag it keeps
    // the most recently used (cache-warm) item on top and allocates no node.
    private sealed class Shelf<T>
        where T : class
    {
        private readonly Stack<T> _items = new();
        private readonly Lock _lock = new();

        public T? Take()
        {
            lock (_lock)
            {
                return _items.TryPop(out var item) ? item : null;
            }
        }

        public void Put(T item)
        {
            lock (_lock)
            {
                _items.Push(item);
            }
        }
    }
}
