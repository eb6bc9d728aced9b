using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Keeps the first characters of a text: a postcode's first two digits. A character is a Unicode code point; none is
/// cut in the middle of its UTF-8 bytes.</summary>
public sealed record TruncateTreatment : GeneraliseTreatment
{
    /// <summary>The largest number of characters that may be kept.</summary>
    public const int MaxLength = 64;

    /// <summary>A treatment that keeps so many characters.</summary>
    /// <param name="length">1 to 64. Few enough to be shared by many people; that is for the data map's author to judge.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    public TruncateTreatment(int length)
    {
        if (length is < 1 or > MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, $"A truncated text keeps 1 to {MaxLength} characters.");
        }

        Length = length;
    }

    /// <summary>Characters that are kept.</summary>
    public int Length { get; }

    /// <inheritdoc />
    public override string Description => $"truncate(length={Length})";

    /// <inheritdoc />
    internal override ColumnType InputType => ColumnType.Text;

    /// <inheritdoc />
    internal override Func<Stage<EventBatch, EventBatch>> Bind(ColumnDefinition column, int input, int output, Action<string> error) =>
        () => new TextRuleStage<TruncateRule>(input, output, new TruncateRule(Length));
}

/// <summary>Shortens places; the bytes stay where they are.</summary>
/// <param name="characters">Characters kept.</param>
internal readonly struct TruncateRule(int characters) : ITextRule
{
    /// <inheritdoc />
    public static TextColumn RentOutput(BatchPool pool, TextColumn input) => pool.RentText(input.Arena);

    /// <inheritdoc />
    public TextSpan Apply(ReadOnlySpan<byte> text, TextSpan place, ByteArena output)
    {
        var left = characters;
        for (var i = 0; i < text.Length; i++)
        {
            // A code point begins at every byte but the continuation bytes 10xxxxxx.
            if ((text[i] & 0xC0) != 0x80 && left-- == 0)
            {
                return place with { Length = i };
            }
        }

        return place;
    }
}
