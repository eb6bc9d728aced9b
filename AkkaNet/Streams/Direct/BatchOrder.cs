using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>Holds what comes from the step before to its promise: every batch, once, in order, of one graph.</summary>
internal sealed class BatchOrder
{
    private long _next;

    /// <summary>The materialisation that the batches belong to; null before the first.</summary>
    public DirectSession? Session { get; private set; }

    public Signal<EventBatch> Accept<TState>(Batch<TState> batch)
        where TState : IStreamState
    {
        Session ??= batch.Session;
        if (!ReferenceEquals(Session, batch.Session))
        {
            throw Broken("batches of two graphs were mixed; join their lines instead");
        }

        if (batch.Number != _next || batch.Take() is not { } signal)
        {
            throw Broken($"batch {_next} was expected, but batch {batch.Number} came");
        }

        _next++;
        return signal;
    }

    private static PipelineException Broken(string what) =>
        new($"An operator between two steps broke the order of batches: {what}. It may delay batches, but not drop, repeat or reorder them. The last stored state stays in force.");
}
