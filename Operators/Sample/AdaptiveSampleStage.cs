using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Where an adaptive sample finds its columns.</summary>
/// <param name="Subject">Slot of the tokens.</param>
/// <param name="Key">Slot of the keys; -1 for none.</param>
/// <param name="KeyType">Their type.</param>
/// <param name="Weight">Slot of the weights.</param>
internal sealed record AdaptiveSlots(int Subject, int Key, ColumnType KeyType, int Weight);

/// <summary>Gives each row the weight that holds at its event time and deselects the rows that are not kept. Rows of a time that is not
/// decided yet wait.</summary>
/// <param name="slots">Where the columns are.</param>
/// <param name="input">The columns that come in.</param>
internal sealed class AdaptiveSampleStage(AdaptiveSlots slots, RowSchema input) : Stage<EventBatch, EventBatch>
{
    private const int Version = 1;
    private readonly HeldRows _held = new(input);

    private FollowedState State =>
        (Context.Followed ?? throw new InvalidOperationException($"Stage '{Context.Name}' runs where nothing is released, so there is nothing to follow.")).State;

    /// <inheritdoc />
    public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
    {
        // Read once: what holds must be what is decided up to the same time.
        var state = State;
        Give(state, outlet);
        _held.Take(element, state.HorizonMs, Context);
        Weigh(element, (AdaptiveRates)state.Followed);
        outlet.Push(element);
    }

    /// <inheritdoc />
    public override void OnFrontier(Frontier frontier, IOutlet<EventBatch> outlet) => Give(State, outlet);

    /// <inheritdoc />
    public override void OnIdle(IOutlet<EventBatch> outlet) => Give(State, outlet);

    /// <inheritdoc />
    public override void Snapshot(SnapshotWriter writer)
    {
        if (!_held.IsEmpty)
        {
            writer.Write((long)Version);
            _held.Write(writer);
        }
    }

    /// <inheritdoc />
    public override void Restore(SnapshotReader reader)
    {
        reader.ReadInt32(Version, Version);
        _held.Read(reader, Context);
    }

    /// <inheritdoc />
    public override void Complete(IOutlet<EventBatch> outlet) => Clear();

    /// <inheritdoc />
    public override void Fail(Exception cause) => Clear();

    // What waits is part of the last snapshot.
    private void Clear()
    {
        if (!_held.IsEmpty)
        {
            _held.Clear(Context);
        }
    }

    private void Give(FollowedState state, IOutlet<EventBatch> outlet)
    {
        if (_held.IsEmpty)
        {
            return;
        }

        foreach (var batch in _held.Give(state.HorizonMs, Context).ToList())
        {
            Weigh(batch, (AdaptiveRates)state.Followed);
            outlet.Push(batch);
        }
    }

    private void Weigh(EventBatch batch, AdaptiveRates rates)
    {
        var times = batch.Int64(RowSchema.EventTime).Values;
        var column = batch.Pool.RentInt64();
        var weights = column.Values;
        if (slots.Key < 0)
        {
            foreach (var row in batch.SelectedRows)
            {
                weights[row] = rates.Weight([], times[row]);
            }
        }
        else if (slots.KeyType == ColumnType.Text)
        {
            FindTexts(batch, rates, times, weights);
        }
        else
        {
            FindNumbers(batch, rates, times, weights);
        }

        batch.Set(slots.Weight, column);
        var tokens = batch.Tokens(slots.Subject).Values;
        foreach (var row in batch.SelectedRows)
        {
            if (!SampleThreshold.Keeps(tokens[row], (ulong)weights[row]))
            {
                batch.Deselect(row);
            }
        }
    }

    // A missing key is the empty text, as it is for groups.
    private void FindTexts(EventBatch batch, AdaptiveRates rates, long[] times, long[] weights)
    {
        var keys = batch.Text(slots.Key);
        foreach (var row in batch.SelectedRows)
        {
            weights[row] = rates.Weight(keys.Spans[row].IsMissing ? [] : keys[row], times[row]);
        }
    }

    private void FindNumbers(EventBatch batch, AdaptiveRates rates, long[] times, long[] weights)
    {
        var keys = batch.Int64(slots.Key).Values;
        Span<byte> text = stackalloc byte[20];
        foreach (var row in batch.SelectedRows)
        {
            weights[row] = rates.Weight(text[..KeyChunk.Format(keys[row], text)], times[row]);
        }
    }
}
