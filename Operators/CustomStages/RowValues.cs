using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.CustomStages;

/// <summary>Takes the values that one row is expanded into. Valid during the call only.</summary>
public sealed class RowValues
{
    private readonly TextColumn?[] _columns;
    private readonly int[] _counts = new int[EventBatch.Capacity];
    private BatchPool? _pool;
    private int _row;

    internal RowValues(int most) => _columns = new TextColumn?[most];

    /// <summary>Number of columns in use: the largest number of values of a row.</summary>
    internal int Ranks { get; private set; }

    internal int Row
    {
        set
        {
            _row = value;
            _counts[value] = 0;
        }
    }

    /// <summary>Adds a value: one more row.</summary>
    /// <param name="text">The UTF-8 bytes; copied.</param>
    /// <exception cref="InvalidOperationException">There are more values than the stability declares; the row becomes a dead
    /// letter.</exception>
    public void Add(ReadOnlySpan<byte> text)
    {
        var pool = _pool ?? throw new InvalidOperationException("Values are taken during the call only.");
        var rank = _counts[_row];
        if (rank == _columns.Length)
        {
            throw new InvalidOperationException($"The stage declares that a row becomes at most {_columns.Length} rows.");
        }

        if (rank == Ranks)
        {
            // All columns share the arena of the first.
            _columns[rank] = rank == 0 ? pool.RentText() : pool.RentText(_columns[0]!.Arena);
            Ranks++;
        }

        _columns[rank]!.Spans[_row] = _columns[0]!.Arena.Append(text);
        _counts[_row] = rank + 1;
    }

    internal bool Has(int row, int rank) => _counts[row] > rank;

    internal void Refuse() => _counts[_row] = 0;

    internal TextColumn Take(int rank)
    {
        var column = _columns[rank]!;
        _columns[rank] = null;
        return column;
    }

    internal void Begin(BatchPool pool)
    {
        _pool = pool;
        Ranks = 0;
    }

    // Columns that were not taken, because a stage behind threw, go back.
    internal void End()
    {
        for (var rank = 0; rank < Ranks; rank++)
        {
            _columns[rank]?.Release();
            _columns[rank] = null;
        }

        _pool = null;
    }
}
