using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>Says which ways a batch goes; the parts that it pushes own what they hold.</summary>
/// <param name="batch">The batch.</param>
/// <param name="push">Takes a way's index and its part.</param>
internal delegate void Split(EventBatch batch, Action<int, EventBatch> push);

/// <summary>The ways to split a stream of batches. Each call makes one for one materialisation.</summary>
internal static class Splits
{
    /// <summary>To one way after the other.</summary>
    public static Split InTurn(int ways)
    {
        var next = 0;
        return (batch, push) => push(next = (next + 1) % ways, batch);
    }

    /// <summary>Each row to the lane of its subject.</summary>
    public static Split BySubject(int ways, int subjectSlot)
    {
        var exchange = new Exchange(ways, subjectSlot);
        return (batch, push) =>
        {
            exchange.Push(batch);
            foreach (var (lane, part) in exchange.Pending)
            {
                push(lane, part);
            }

            exchange.Pending.Clear();
        };
    }

    /// <summary>To all ways, each with a selection of its own over the same columns.</summary>
    public static Split ToAll(int ways) => (batch, push) =>
    {
        for (var way = 1; way < ways; way++)
        {
            push(way, batch.Share());
        }

        push(0, batch);
    };
}
