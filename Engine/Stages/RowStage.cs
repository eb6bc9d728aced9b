using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Engine.Stages;

/// <summary>A stage from rows to rows that changes a batch in place (columns, selection) and passes it on.</summary>
/// <remarks>Emits each batch it takes, unless no row is left selected; backpressures when downstream does;
/// completes and cancels with the graph.</remarks>
public abstract class RowStage : Stage<EventBatch, EventBatch>
{
    /// <inheritdoc />
    public sealed override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
    {
        Process(element);
        outlet.Push(element);
    }

    /// <summary>Changes a batch without passing it on, for whoever asks again without the rows at fault.</summary>
    internal void Apply(EventBatch batch) => Process(batch);

    /// <summary>Changes the batch: sets columns, clears bits of the selection.</summary>
    /// <param name="batch">The batch; selected rows only are of interest.</param>
    protected abstract void Process(EventBatch batch);
}
