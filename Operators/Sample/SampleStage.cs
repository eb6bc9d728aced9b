using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Deselects the rows of subjects outside the sample.</summary>
/// <param name="slot">Slot of the tokens.</param>
/// <param name="threshold">Which tokens are kept.</param>
internal sealed class SampleStage(int slot, SampleThreshold threshold) : RowStage
{
    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        var tokens = batch.Tokens(slot).Values;
        var words = batch.Selection;
        for (var word = 0; word < words.Length; word++)
        {
            words[word] &= words[word] == 0 ? 0 : Kept(tokens.AsSpan(word * 64, 64));
        }
    }

    // All 64 rows of a word are judged without a branch: which ones are kept is random, so a branch on it would be
    // mispredicted. A column has room for every row of a batch, so rows beyond the count are harmless.
    private ulong Kept(ReadOnlySpan<Token> tokens)
    {
        var kept = 0UL;
        for (var row = 0; row < tokens.Length; row++)
        {
            kept |= (threshold.Keeps(tokens[row]) ? 1UL : 0) << row;
        }

        return kept;
    }
}
