using System.Numerics;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>
/// Sends each row to the lane of its subject. Rows are not copied: every lane gets the same columns with a selection of
/// its own. Messages wait in a list until the lane's loop has written them to the bounded queues.
/// </summary>
internal sealed class Exchange(int lanes, int subjectSlot) : IOutlet<EventBatch>
{
    private readonly ulong[] _masks = new ulong[lanes * EventBatch.SelectionWords];

    public List<(int Lane, EventBatch Batch)> Pending { get; } = [];

    /// <summary>The lane of a subject: from bits of the token that neither sampling nor bounding looks at first.</summary>
    public static int LaneOf(Token token, int lanes) => (int)(((token.High & 0xFFFFFFFF) * (ulong)lanes) >> 32);

    public void Push(EventBatch element)
    {
        Array.Clear(_masks);
        var tokens = element.Tokens(subjectSlot).Values;
        var selection = element.Selection;
        for (var word = 0; word < selection.Length; word++)
        {
            for (var bits = selection[word]; bits != 0; bits &= bits - 1)
            {
                var bit = BitOperations.TrailingZeroCount(bits);
                var lane = LaneOf(tokens[(word << 6) + bit], lanes);
                _masks[(lane * EventBatch.SelectionWords) + word] |= 1UL << bit;
            }
        }

        for (var lane = 0; lane < lanes; lane++)
        {
            Add(lane, lane == lanes - 1 ? element : element.Share());
        }
    }

    private void Add(int lane, EventBatch batch)
    {
        var mask = _masks.AsSpan(lane * EventBatch.SelectionWords, batch.Selection.Length);
        mask.CopyTo(batch.Selection);
        if (batch.SelectedCount == 0)
        {
            batch.Dispose();
        }
        else
        {
            Pending.Add((lane, batch));
        }
    }
}
