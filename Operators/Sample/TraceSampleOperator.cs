using System.Globalization;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Keeps the rows of a share of the traces, by the same decision as every sampler of OpenTelemetry's consistent probability
/// sampling: the randomness of a trace is the lowest 56 bits of its id, or its explicit <c>rv</c>.</summary>
/// <param name="traceField">A column of texts: trace ids of 32 hexadecimal digits, or <c>rv</c> values of 14.</param>
/// <param name="rate">The share of traces to keep: 2^-56 to 1.</param>
public sealed class TraceSampleOperator(string traceField, double rate) : RowOperator
{
    /// <inheritdoc />
    public override string Kind => "trace-sample";

    /// <summary>The column of trace ids.</summary>
    public string TraceField { get; } = traceField;

    /// <summary>The share of traces to keep.</summary>
    public double Rate { get; } = rate;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        if (!(Rate >= SampleThreshold.MinRate && Rate <= 1))
        {
            errors.Add(this, $"rate {Rate.ToString("R", CultureInfo.InvariantCulture)} is out of range; it must be above 0 (at least 2^-56) and at most 1");
        }

        if (input.Find(TraceField) is not { } column)
        {
            errors.Add(this, $"there is no field '{TraceField}' to sample by; there are {input.Names()}");
        }
        else if (column.Type != ColumnType.Text || column.IsRaw)
        {
            errors.Add(this, column.IsRaw ? $"field '{TraceField}' is an identifier in the clear; treat it first" : $"field '{TraceField}' is of type {column.Type}; a trace id is a text");
        }

        if (errors.All.Count > before)
        {
            return null;
        }

        var (slot, threshold) = (input.IndexOf(TraceField), new SampleThreshold(Rate));
        return new RowPlan(
            input,
            () => new TraceSampleStage(slot, threshold),
            string.Create(CultureInfo.InvariantCulture, $"trace-sample(field={TraceField},rate={Rate:R})"),
            Stability.OneToOne)
        {
            Weight = 1 / Rate,
        };
    }
}

/// <summary>Deselects the rows of traces outside the sample, and rows whose id cannot be read unless all are kept.</summary>
internal sealed class TraceSampleStage(int slot, SampleThreshold threshold) : RowStage
{
    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        var ids = batch.Text(slot);
        foreach (var row in batch.SelectedRows)
        {
            if (!threshold.KeepsRandomness(ProbabilitySampling.TryRandomness(ids[row], out var randomness) ? randomness : 0))
            {
                batch.Deselect(row);
            }
        }
    }
}
