using System.Collections.Frozen;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>The columns that a row's lambda may read, by name. Raw identifiers are not among them.</summary>
/// <param name="schema">The columns that arrive.</param>
internal sealed class RowLayout(RowSchema schema)
{
    private readonly FrozenDictionary<string, (int Slot, ColumnType Type)> _columns = schema.Columns
        .Where(pair => !pair.Column.IsRaw)
        .ToFrozenDictionary(pair => pair.Column.Name, pair => (pair.Slot, pair.Column.Type));

    private readonly FrozenSet<string> _raw = schema.Columns
        .Where(pair => pair.Column.IsRaw)
        .Select(pair => pair.Column.Name)
        .ToFrozenSet();

    /// <summary>The slot of a column.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="type">How it must be held; a time may be read as a number.</param>
    /// <returns>The slot.</returns>
    /// <exception cref="RowColumnException">There is none, it is raw, or it is held otherwise.</exception>
    public int Slot(string name, ColumnType type)
    {
        if (!_columns.TryGetValue(name, out var column))
        {
            throw new RowColumnException(_raw.Contains(name)
                ? $"Column '{name}' is an identifier in the clear; a row's lambda sees it only after its treatment."
                : $"There is no column '{name}'; there are {schema.Names()}.");
        }

        if (column.Type != type && !(type == ColumnType.Int64 && column.Type == ColumnType.Time))
        {
            throw new RowColumnException($"Column '{name}' is of type {column.Type}, not {type}.");
        }

        return column.Slot;
    }
}
