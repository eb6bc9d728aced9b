using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Connectors.Memory;

/// <summary>Takes the columns that a <see cref="RecordSource{T}"/> filled as the fields of a data map: sets the times and reports
/// rows without a required field or a sound time.</summary>
/// <param name="map">The fields.</param>
/// <param name="unread">Fields that no way was given to read.</param>
internal sealed class ReadRecords(DataMap map, IReadOnlyList<string> unread) : ParseOperator
{
    private static readonly long EarliestMs = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly long LatestMs = new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public override DataMap Map { get; } = map;

    /// <inheritdoc />
    public override string Kind => "read-records";

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        foreach (var field in unread)
        {
            errors.Add(this, $"field '{field}': no way was given to read it from a record");
        }

        foreach (var (field, message) in Map.Validate())
        {
            errors.Add(this, field.Length == 0 ? message : $"field '{field}': {message}");
        }

        if (errors.All.Count > before)
        {
            return null;
        }

        var fields = Map.Fields.Select(field => (Field: field, Slot: input.IndexOf(field.Name))).ToArray();
        var description = $"{Kind}({string.Join(", ", Map.Fields.Select(field => $"{field.Name}:{field.Type} {field.Role} {(field.Required ? "!" : string.Empty)}"))})";
        return new RowPlan(input, () => new Stage(fields), description, Stability.OneToOne);
    }

    private sealed class Stage((FieldDefinition Field, int Slot)[] fields) : RowStage
    {
        private readonly (FieldDefinition Field, int Slot) _event = fields.Single(pair => pair.Field.Role == TimeRole.Event);
        private readonly (FieldDefinition Field, int Slot)[] _arrival = [.. fields.Where(pair => pair.Field.Role == TimeRole.Arrival)];
        private readonly (FieldDefinition Field, int Slot)[] _required = [.. fields.Where(pair => pair.Field.Required && pair.Field.Role == TimeRole.None)];

        protected override void Process(EventBatch batch)
        {
            foreach (var row in batch.SelectedRows)
            {
                Judge(batch, row);
            }

            Copy(batch, RowSchema.EventTime, _event.Slot);
            Copy(batch, RowSchema.Arrival, _arrival.Length == 0 ? _event.Slot : _arrival[0].Slot);
        }

        private static bool IsMissing(EventBatch batch, FieldDefinition field, int slot, int row) => field.Type == FieldType.Text
            ? batch.Text(slot).Spans[row].IsMissing
            : batch.Int64(slot).Values[row] == Int64Column.Missing;

        private static void Copy(EventBatch batch, int to, int from)
        {
            var column = batch.Pool.RentInt64();
            batch.Int64(from).Values.AsSpan(0, batch.Count).CopyTo(column.Values);
            batch.Set(to, column);
        }

        private void Judge(EventBatch batch, int row)
        {
            foreach (var (field, slot) in _required)
            {
                if (IsMissing(batch, field, slot, row))
                {
                    Report(batch, row, DeadLetterReason.MissingField, field.Name);
                    return;
                }
            }

            foreach (var (field, slot) in (ReadOnlySpan<(FieldDefinition, int)>)[_event, .. _arrival])
            {
                var time = batch.Int64(slot).Values[row];
                if (time < EarliestMs || time >= LatestMs)
                {
                    Report(batch, row, time == Int64Column.Missing ? DeadLetterReason.MissingTime : DeadLetterReason.TimeOutOfRange, field.Name);
                    return;
                }
            }
        }

        private void Report(EventBatch batch, int row, DeadLetterReason reason, string field)
        {
            batch.Deselect(row);
            Context.DeadLetters.Report(reason, batch.Partition, batch.FirstPosition + row, field);
        }
    }
}
