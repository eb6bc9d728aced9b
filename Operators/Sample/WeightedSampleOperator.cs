using System.Globalization;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Keeps each row with a probability of 1 / weight, decided by its subject's token, where the weight stands in a column;
/// counts behind it add weights and so estimate the whole (Horvitz and Thompson 1952).</summary>
/// <param name="subjectField">The column of tokens.</param>
/// <param name="weightField">A column of whole numbers, of resolution 1, with the weight of each row; for example from a table of sites.
/// It must not be computed from rows of the stream.</param>
/// <param name="largestWeight">The largest weight: 1 to <see cref="LargestOfAll"/>. 1 / this is the floor of all rates; the
/// sensitivity of every count behind it is multiplied by it.</param>
public sealed class WeightedSampleOperator(string subjectField, string weightField, long largestWeight) : RowOperator
{
    /// <summary>The largest weight that may be asked for.</summary>
    public const long LargestOfAll = 1_000_000;

    /// <inheritdoc />
    public override string Kind => "weighted-sample";

    /// <summary>The column of tokens.</summary>
    public string SubjectField { get; } = subjectField;

    /// <summary>The column of weights.</summary>
    public string WeightField { get; } = weightField;

    /// <summary>The largest weight.</summary>
    public long LargestWeight { get; } = largestWeight;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        Check(input, SubjectField, ColumnType.Token, "sampling goes by a token", errors);
        Check(input, WeightField, ColumnType.Int64, "a weight is a whole number", errors);
        CheckResolution(input, errors);
        if (LargestWeight is < 1 or > LargestOfAll)
        {
            errors.Add(this, $"the largest weight {LargestWeight} is out of range; it must be from 1 to {LargestOfAll}");
        }

        if (input.Columns.Any(pair => pair.Column.LargestWeight > 0))
        {
            errors.Add(this, "rows have weights already; one weighted sample is enough");
        }

        if (errors.All.Count > before)
        {
            return null;
        }

        var (subject, weight, slot) = (input.IndexOf(SubjectField), input.IndexOf(WeightField), input.NextSlot);
        var output = input.Add(new ColumnDefinition(WeightField, ColumnType.Int64, FieldClass.Measure) { LargestWeight = LargestWeight });
        return new RowPlan(
            output,
            () => new WeightedSampleStage(subject, weight, slot, LargestWeight),
            FormattableString.Invariant($"weighted-sample(subject={SubjectField},weight={WeightField},largest={LargestWeight})"),
            Stability.OneToOne)
        {
            Weight = LargestWeight,
            SampledSlot = subject,
        };
    }

    // Counts add weights as whole numbers of rows. A column holds multiples of its resolution, so 2.5 at a resolution of 0.1 would
    // be read as a weight of 25; and no whole number of rows stands for 2.5.
    private void CheckResolution(RowSchema input, PlanErrors errors)
    {
        if (input.Find(WeightField) is { Type: ColumnType.Int64, Resolution: not 1 } column)
        {
            errors.Add(this, string.Create(
                CultureInfo.InvariantCulture,
                $"field '{WeightField}' is a decimal of resolution {column.Resolution}; a weight is a whole number from 1 to {LargestWeight}: give the field the type integer, or resolution 1, which rounds"));
        }
    }

    private void Check(RowSchema input, string field, ColumnType type, string why, PlanErrors errors)
    {
        if (input.Find(field) is not { } column)
        {
            errors.Add(this, $"there is no field '{field}' to sample by; there are {input.Names()}");
        }
        else if (column.Type != type || column.IsRaw)
        {
            errors.Add(this, $"field '{field}' is of type {column.Type}; {why}");
        }
    }
}

/// <summary>Clamps weights and deselects the rows that are not kept.</summary>
internal sealed class WeightedSampleStage(int subject, int weight, int slot, long largest) : RowStage
{
    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        var tokens = batch.Tokens(subject).Values;
        var given = batch.Int64(weight).Values;
        var weights = batch.Pool.RentInt64();
        foreach (var row in batch.SelectedRows)
        {
            // A missing weight is the smallest number of all and becomes 1: such rows are kept, and count once.
            var clamped = Math.Clamp(given[row], 1, largest);
            weights.Values[row] = clamped;
            if (!SampleThreshold.Keeps(tokens[row], (ulong)clamped))
            {
                batch.Deselect(row);
            }
        }

        batch.Set(slot, weights);
        batch.Drop(weight);
    }
}
