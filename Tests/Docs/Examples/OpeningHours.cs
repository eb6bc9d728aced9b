using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Tests.Docs.Examples;

// <own-operator>
/// <summary>Keeps rows whose event time lies between two hours of the day, UTC.</summary>
public sealed class OpeningHours(int from, int to) : RowOperator
{
    public override string Kind => "opening-hours";

    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        if (from is < 0 or > 23 || to <= from || to > 24)
        {
            errors.Add(this, $"hours are 0 <= from < to <= 24; from is {from}, to is {to}");
            return null;
        }

        // The description is part of the plan hash. A row changes itself only: one-to-one.
        return new RowPlan(input, () => new OpeningHoursStage(from, to), $"opening-hours(from={from},to={to})", Stability.OneToOne);
    }
}

internal sealed class OpeningHoursStage(int from, int to) : RowStage
{
    private const long HourMs = 3_600_000;

    protected override void Process(EventBatch batch)
    {
        long[] times = batch.Int64(RowSchema.EventTime).Values;
        foreach (int row in batch.SelectedRows)
        {
            var hour = times[row] / HourMs % 24;
            if (hour < from || hour >= to)
            {
                batch.Deselect(row);
            }
        }
    }
}
// </own-operator>
