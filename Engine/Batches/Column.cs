namespace AkkaPrivacy.Engine.Batches;

/// <summary>One column of an <see cref="EventBatch"/>: pooled and shared by counting references, so that a
/// projection swaps references and copies nothing. A column that is shared is not written to.</summary>
public abstract class Column
{
    private readonly BatchPool _pool;
    private int _references = 1;

    private protected Column(BatchPool pool) => _pool = pool;

    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Clear();
            _references = 1;
            _pool.Return(this);
        }
    }

    private protected virtual void Clear()
    {
    }
}

/// <summary>Whole numbers, also times in milliseconds since the Unix epoch.</summary>
public sealed class Int64Column : Column
{
    /// <summary>The value of a row that has none.</summary>
    public const long Missing = long.MinValue;

    internal Int64Column(BatchPool pool)
        : base(pool)
    {
    }

    /// <summary>One value for each of <see cref="EventBatch.Capacity"/> rows.</summary>
    public long[] Values { get; } = new long[EventBatch.Capacity];
}

/// <summary>Tokens of identifiers.</summary>
public sealed class TokenColumn : Column
{
    internal TokenColumn(BatchPool pool)
        : base(pool)
    {
    }

    /// <summary>One value for each of <see cref="EventBatch.Capacity"/> rows; all zero bits when the row has none.</summary>
    public Token[] Values { get; } = new Token[EventBatch.Capacity];
}

/// <summary>UTF-8 texts as places in an arena, which several columns may share.</summary>
public sealed class TextColumn : Column
{
    private ByteArena? _arena;

    internal TextColumn(BatchPool pool)
        : base(pool)
    {
    }

    /// <summary>One place for each of <see cref="EventBatch.Capacity"/> rows.</summary>
    public TextSpan[] Spans { get; } = new TextSpan[EventBatch.Capacity];

    /// <summary>The bytes that <see cref="Spans"/> point into.</summary>
    public ByteArena Arena => _arena ?? throw new InvalidOperationException("The column has no arena.");

    /// <summary>The text of a row; empty when it has none.</summary>
    /// <param name="row">The row's index.</param>
    /// <returns>The bytes.</returns>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            var span = Spans[row];
            return span.IsMissing ? default : _arena!.Buffer.AsSpan(span.Offset, span.Length);
        }
    }

    internal void Attach(ByteArena arena)
    {
        _arena = arena;
    }

    private protected override void Clear()
    {
        _arena?.Release();
        _arena = null;
    }
}
