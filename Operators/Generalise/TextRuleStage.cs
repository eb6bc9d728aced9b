using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Applies a rule to the selected texts; a missing or empty text becomes a missing one.</summary>
/// <typeparam name="TRule">The rule.</typeparam>
/// <param name="input">Slot of the texts; empty afterwards.</param>
/// <param name="output">Slot of the results.</param>
/// <param name="rule">The rule.</param>
internal sealed class TextRuleStage<TRule>(int input, int output, TRule rule) : RowStage
    where TRule : struct, ITextRule
{
    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        var texts = batch.Text(input);
        var results = TRule.RentOutput(batch.Pool, texts);
        var bytes = texts.Arena.Buffer;
        var arena = results.Arena;
        foreach (var row in batch.SelectedRows)
        {
            var place = texts.Spans[row];
            results.Spans[row] = place.Length <= 0
                ? TextSpan.Missing
                : rule.Apply(bytes.AsSpan(place.Offset, place.Length), place, arena);
        }

        batch.Set(output, results);
        batch.Drop(input);
    }
}
