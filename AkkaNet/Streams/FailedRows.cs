using System.Numerics;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.AkkaNet.Streams;

/// <summary>The rows that a batch had before a stage was given it, to be reported if the stage throws.</summary>
internal sealed class FailedRows
{
    private readonly ulong[] _selection = new ulong[EventBatch.SelectionWords];
    private int _words;
    private int _partition;
    private long _first;

    public void Remember(object? element)
    {
        _words = 0;
        if (element is EventBatch batch)
        {
            batch.Selection.CopyTo(_selection);
            (_words, _partition, _first) = (batch.Selection.Length, batch.Partition, batch.FirstPosition);
        }
    }

    public void Report(DeadLetters deadLetters)
    {
        for (var word = 0; word < _words; word++)
        {
            for (var bits = _selection[word]; bits != 0; bits &= bits - 1)
            {
                deadLetters.Report(DeadLetterReason.StageError, _partition, _first + (word << 6) + BitOperations.TrailingZeroCount(bits));
            }
        }
    }
}
