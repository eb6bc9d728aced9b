using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Keeps the rows of a share of the subjects, chosen by their tokens: a subject is in the sample with all its
/// rows or with none.</summary>
/// <param name="subjectField">The column of tokens.</param>
/// <param name="rate">The share of subjects to keep: above 0 (at least 2^-56) and at most 1, where 1 keeps all. Another
/// value is a mistake that planning reports.</param>
public sealed class SampleOperator(string subjectField, double rate) : RowOperator
{
    /// <inheritdoc />
    public override string Kind => "sample";

    /// <summary>The column of tokens.</summary>
    public string SubjectField { get; } = subjectField;

    /// <summary>The share of subjects to keep.</summary>
    public double Rate { get; } = rate;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        var rateText = Rate.ToString("R", CultureInfo.InvariantCulture);
        if (!(Rate >= SampleThreshold.MinRate && Rate <= 1))
        {
            errors.Add(this, $"rate {rateText} is out of range; it must be above 0 (at least 2^-56) and at most 1");
        }

        CheckSubject(input, errors);
        if (errors.All.Count > before)
        {
            return null;
        }

        var slot = input.IndexOf(SubjectField);
        var threshold = new SampleThreshold(Rate);
        return new RowPlan(input, () => new SampleStage(slot, threshold), $"sample(subject={SubjectField},rate={rateText})", Stability.OneToOne)
        {
            IsRowWise = true,
            Weight = 1 / Rate,
            SampledSlot = Rate < 1 ? slot : null,
        };
    }

    private void CheckSubject(RowSchema input, PlanErrors errors)
    {
        var column = input.Find(SubjectField);
        if (column is null)
        {
            errors.Add(this, $"there is no field '{SubjectField}' to sample by; there are {input.Names()}");
        }
        else if (column.Type != ColumnType.Token)
        {
            errors.Add(this, $"field '{SubjectField}' is of type {column.Type}; sampling goes by a token: tokenize the field first");
        }
    }
}
