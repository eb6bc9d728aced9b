using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Applies a rule to the selected numbers; a missing number becomes a missing text.</summary>
/// <typeparam name="TRule">The rule.</typeparam>
/// <param name="input">Slot of the numbers; empty afterwards.</param>
/// <param name="output">Slot of the texts.</param>
/// <param name="rule">The rule.</param>
internal sealed class NumberRuleStage<TRule>(int input, int output, TRule rule) : RowStage
    where TRule : struct, INumberRule
{
    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        var numbers = batch.Int64(input).Values;
        var labels = rule.Labels;
        var results = batch.Pool.RentText(labels.Arena);
        foreach (var row in batch.SelectedRows)
        {
            results.Spans[row] = numbers[row] == Int64Column.Missing ? TextSpan.Missing : labels[rule.LabelOf(numbers[row])];
        }

        batch.Set(output, results);
        batch.Drop(input);
    }
}
