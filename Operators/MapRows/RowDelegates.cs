using System.Buffers;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>Decides whether a row stays.</summary>
/// <param name="row">The row.</param>
/// <returns>True to keep it.</returns>
public delegate bool RowPredicate(RowView row);

/// <summary>Computes a number from a row.</summary>
/// <param name="row">The row.</param>
/// <returns>The number; <see cref="Engine.Batches.Int64Column.Missing"/> for none.</returns>
public delegate long RowInt64(RowView row);

/// <summary>Writes a text made from a row.</summary>
/// <param name="row">The row.</param>
/// <param name="text">Takes the UTF-8 bytes.</param>
/// <returns>True when the row has the text that was written, false when it has none.</returns>
public delegate bool RowText(RowView row, IBufferWriter<byte> text);
