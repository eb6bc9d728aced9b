using System.Numerics;

namespace AkkaPrivacy.Engine.Batches;

/// <summary>
/// Up to <see cref="Capacity"/> rows as columns, with a bitmap of the rows that are still selected. A filter
/// clears bits; nothing is copied. Batches come from a <see cref="BatchPool"/> and have one owner, which
/// passes them on or disposes of them.
/// </summary>
/// <remarks>Slots are those of the <see cref="Schemas.RowSchema"/> in force where the batch is. Row <c>i</c> of a
/// batch that a source read is its line <c>FirstPosition + i</c>.</remarks>
public sealed class EventBatch : IDisposable
{
    /// <summary>The largest number of rows of a batch.</summary>
    public const int Capacity = 4096;

    /// <summary>Words of the selection bitmap.</summary>
    public const int SelectionWords = Capacity / 64;

    private readonly BatchPool _pool;
    private readonly ulong[] _selection = new ulong[SelectionWords];
    private Column?[] _columns = new Column?[16];
    private int _slots;

    internal EventBatch(BatchPool pool) => _pool = pool;

    /// <summary>Rows, selected or not; 0 to <see cref="Capacity"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Which partition of the source the rows come from, from 0.</summary>
    public int Partition { get; set; }

    /// <summary>Place of row 0 in its partition: a line number from 1, or an offset.</summary>
    public long FirstPosition { get; set; }

    /// <summary>When the batch was read, as a timestamp of the clock; 0 when that is not known.</summary>
    internal long ReadAt { get; set; }

    /// <summary>The pool that the batch came from and goes back to.</summary>
    public BatchPool Pool => _pool;

    /// <summary>The selection, bit <c>i % 64</c> of word <c>i / 64</c> for row <c>i</c>. A stage that owns the batch
    /// may clear bits; it never sets one that was cleared.</summary>
    public Span<ulong> Selection => _selection.AsSpan(0, (Count + 63) >> 6);

    /// <summary>The selected rows' indices, for <c>foreach</c>.</summary>
    public SelectedRows SelectedRows => new(Selection);

    /// <summary>Number of selected rows.</summary>
    public int SelectedCount
    {
        get
        {
            var count = 0;
            foreach (var word in Selection)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>Sets the number of rows and selects all of them; for the source that fills the batch.</summary>
    /// <param name="count">0 to <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    public void SelectAll(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        Count = count;
        var words = Selection;
        words.Fill(ulong.MaxValue);
        if ((count & 63) != 0)
        {
            words[^1] = (1UL << (count & 63)) - 1;
        }
    }

    /// <summary>Whether a row is selected.</summary>
    /// <param name="row">The row's index, below <see cref="Count"/>.</param>
    /// <returns>True when it is.</returns>
    public bool IsSelected(int row) => (_selection[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>Takes a row out.</summary>
    /// <param name="row">The row's index.</param>
    public void Deselect(int row) => _selection[row >> 6] &= ~(1UL << (row & 63));

    /// <summary>The column of numbers in a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <returns>The column.</returns>
    public Int64Column Int64(int slot) => (Int64Column)Get(slot);

    /// <summary>The column of tokens in a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <returns>The column.</returns>
    public TokenColumn Tokens(int slot) => (TokenColumn)Get(slot);

    /// <summary>The column of texts in a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <returns>The column.</returns>
    public TextColumn Text(int slot) => (TextColumn)Get(slot);

    /// <summary>Whether a slot holds a column.</summary>
    /// <param name="slot">The slot.</param>
    /// <returns>True when it does.</returns>
    public bool Has(int slot) => slot < _slots && _columns[slot] is not null;

    /// <summary>Puts a column into a slot; the batch takes over the caller's reference. What was there is released.</summary>
    /// <param name="slot">The slot, 0 or more.</param>
    /// <param name="column">The column.</param>
    public void Set(int slot, Column column)
    {
        if (slot >= _columns.Length)
        {
            Array.Resize(ref _columns, Math.Max(slot + 1, 2 * _columns.Length));
        }

        _columns[slot]?.Release();
        _columns[slot] = column;
        _slots = Math.Max(_slots, slot + 1);
    }

    /// <summary>Empties a slot.</summary>
    /// <param name="slot">The slot.</param>
    public void Drop(int slot)
    {
        if (Has(slot))
        {
            _columns[slot]!.Release();
            _columns[slot] = null;
        }
    }

    /// <summary>A second batch over the same columns with a selection of its own; both must be disposed of.
    /// After sharing, neither owner writes to the columns.</summary>
    /// <returns>The second batch.</returns>
    public EventBatch Share()
    {
        var twin = _pool.RentBatch();
        twin.Count = Count;
        twin.Partition = Partition;
        twin.FirstPosition = FirstPosition;
        twin.ReadAt = ReadAt;
        Selection.CopyTo(twin._selection);
        for (var slot = 0; slot < _slots; slot++)
        {
            if (_columns[slot] is { } column)
            {
                column.AddReference();
                twin.Set(slot, column);
            }
        }

        return twin;
    }

    /// <summary>Gives the batch back to its pool. The caller must not touch it afterwards.</summary>
    public void Dispose()
    {
        for (var slot = 0; slot < _slots; slot++)
        {
            _columns[slot]?.Release();
            _columns[slot] = null;
        }

        _slots = 0;
        Count = 0;
        ReadAt = 0;
        _pool.Return(this);
    }

    private Column Get(int slot) =>
        (slot < _slots ? _columns[slot] : null) ?? throw new InvalidOperationException($"Slot {slot} holds no column.");
}
