using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Where the values of one field of the data map go: its column in the batch at hand.</summary>
internal sealed class FieldTarget
{
    private readonly FieldDefinition _field;

    public FieldTarget(FieldDefinition field, int slot)
    {
        _field = field;
        Slot = slot;
        Type = field.Type;
        Scale = field.Type == FieldType.Decimal ? new DecimalScale(field.Resolution) : null;
    }

    /// <summary>The field's name in the data map.</summary>
    public string Name => _field.Name;

    /// <summary>The field's name in the source.</summary>
    public string SourceName => _field.SourceName;

    /// <summary>How it is written.</summary>
    public FieldType Type { get; }

    /// <summary>Its column's slot.</summary>
    public int Slot { get; }

    /// <summary>Whether a row without it is a dead letter.</summary>
    public bool Required => _field.Required;

    /// <summary>What a time is for.</summary>
    public TimeRole Role => _field.Role;

    /// <summary>The next field that reads the same source field, or null.</summary>
    public FieldTarget? Next { get; set; }

    /// <summary>Decimal fields only.</summary>
    public DecimalScale? Scale { get; }

    /// <summary>The numbers of the batch at hand; empty for texts.</summary>
    public long[] Numbers { get; private set; } = [];

    /// <summary>The texts of the batch at hand; empty for numbers.</summary>
    public TextSpan[] Texts { get; private set; } = [];

    /// <summary>Gives the batch a column for this field, with no value in any row.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="arena">The arena that the lines stand in.</param>
    public void Attach(EventBatch batch, ByteArena arena)
    {
        if (Type == FieldType.Text)
        {
            var column = batch.Pool.RentText(arena);
            batch.Set(Slot, column);
            Texts = column.Spans;
            Texts.AsSpan(0, batch.Count).Fill(TextSpan.Missing);
        }
        else
        {
            var column = batch.Pool.RentInt64();
            batch.Set(Slot, column);
            Numbers = column.Values;
            Numbers.AsSpan(0, batch.Count).Fill(Int64Column.Missing);
        }
    }

    /// <summary>Whether a row has no value.</summary>
    /// <param name="row">The row.</param>
    /// <returns>True when it has none.</returns>
    public bool IsMissing(int row) => Type == FieldType.Text ? Texts[row].IsMissing : Numbers[row] == Int64Column.Missing;

    /// <summary>Takes a row's value away.</summary>
    /// <param name="row">The row.</param>
    public void SetMissing(int row)
    {
        if (Type == FieldType.Text)
        {
            Texts[row] = TextSpan.Missing;
        }
        else
        {
            Numbers[row] = Int64Column.Missing;
        }
    }

    /// <summary>Takes a number as a whole number, decimal or Unix time.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">The number.</param>
    /// <param name="text">The number as written.</param>
    /// <returns>False when it does not fit the field's type.</returns>
    public bool TrySetNumber(int row, in NumberText number, ReadOnlySpan<byte> text)
    {
        long value;
        var fits = Type switch
        {
            FieldType.Integer => number.TryGetInt64(out value),
            FieldType.Decimal => Scale!.TryScale(number, text, out value),
            _ => UnixTime.TryRead(number, out value),
        };
        Numbers[row] = fits ? value : Int64Column.Missing;
        return fits;
    }
}
