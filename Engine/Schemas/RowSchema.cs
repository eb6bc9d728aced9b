namespace AkkaPrivacy.Engine.Schemas;

/// <summary>A column as a stage sees it.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Type">How it is held.</param>
/// <param name="Class">What it says about a person; <see cref="FieldClass.Attribute"/> once an identifier was treated.</param>
public sealed record ColumnDefinition(string Name, ColumnType Type, FieldClass Class)
{
    /// <summary>Value of one unit of an <see cref="ColumnType.Int64"/> column; 1 for whole numbers, 0.01 for cents.</summary>
    public decimal Resolution { get; init; } = 1;

    /// <summary>The largest weight, for the column of weights that a weighted sample makes: how many rows each row stands for,
    /// from 1 to this. 0 for every other column. Counts behind it add weights, and their sensitivity is multiplied by it.</summary>
    public long LargestWeight { get; init; }

    /// <summary>Whether the values are an identifier in the clear. Such a column must be gone before rows leave
    /// the data map.</summary>
    public bool IsRaw { get; init; }
}

/// <summary>
/// The columns of a batch between two stages, by slot. Slot 0 is always the event time and slot 1 the arrival
/// stamp. Adding takes the next slot; a removed column leaves its slot empty, so slots never shift.
/// </summary>
public sealed class RowSchema
{
    /// <summary>Slot of the event time.</summary>
    public const int EventTime = 0;

    /// <summary>Slot of the arrival stamp.</summary>
    public const int Arrival = 1;

    private readonly ColumnDefinition?[] _slots;

    private RowSchema(ColumnDefinition?[] slots) => _slots = slots;

    /// <summary>Event time and arrival only. Both names start with <c>$</c>, which no field may.</summary>
    public static RowSchema Empty { get; } = new(
    [
        new ColumnDefinition("$time", ColumnType.Time, FieldClass.Time),
        new ColumnDefinition("$arrival", ColumnType.Time, FieldClass.Time),
    ]);

    /// <summary>The next slot that <see cref="Add"/> will take.</summary>
    public int NextSlot => _slots.Length;

    /// <summary>The columns that are there, with their slots.</summary>
    public IEnumerable<(int Slot, ColumnDefinition Column)> Columns =>
        _slots.Select((column, slot) => (slot, column)).Where(pair => pair.column is not null).Select(pair => (pair.slot, pair.column!));

    /// <summary>Adds a column; one of the same name is hidden by it and its slot emptied.</summary>
    /// <param name="column">The column.</param>
    /// <returns>The new schema; the column's slot is the old <see cref="NextSlot"/>.</returns>
    public RowSchema Add(ColumnDefinition column) => new([.. Without(column.Name), column]);

    /// <summary>Takes a column out; a missing one is no error.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>The new schema.</returns>
    public RowSchema Remove(string name) => new(Without(name));

    /// <summary>Gives a column another name; it keeps its slot. A missing one is no error.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="newName">Its new name, which no other column may have.</param>
    /// <returns>The new schema.</returns>
    public RowSchema Rename(string name, string newName) =>
        new([.. _slots.Select(column => column?.Name == name ? column with { Name = newName } : column)]);

    /// <summary>The slot of a column, or -1.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>The slot.</returns>
    public int IndexOf(string name) => Array.FindIndex(_slots, column => column?.Name == name);

    /// <summary>The column of a name, or null.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>The column.</returns>
    public ColumnDefinition? Find(string name) => Array.Find(_slots, column => column?.Name == name);

    /// <summary>The names for an error message: <c>'a', 'b'</c>.</summary>
    /// <returns>The text.</returns>
    public string Names() => string.Join(", ", Columns.Skip(2).Select(pair => $"'{pair.Column.Name}'"));

    private ColumnDefinition?[] Without(string name) => [.. _slots.Select(column => column?.Name == name ? null : column)];
}
