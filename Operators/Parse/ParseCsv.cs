using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>
/// Reads records of comma-separated values (RFC 4180) into the columns of a data map. Columns that are not mapped are
/// dropped and counted. The folder's README lists what is accepted and what becomes a dead letter.
/// </summary>
/// <remarks>The source cuts records, not lines, so that quoted fields may hold line feeds; and where there is a heading, it
/// puts it before the first row of each batch, so that any lane can parse any batch.</remarks>
/// <param name="map">The fields; <see cref="FieldDefinition.SourceName"/> is the name of a column.</param>
/// <param name="format">How the values are written.</param>
public sealed class ParseCsv(DataMap map, CsvFormat? format = null) : ParseOperator
{
    /// <inheritdoc />
    public override DataMap Map { get; } = map;

    /// <summary>How the values are written.</summary>
    public CsvFormat Format { get; } = format ?? new CsvFormat();

    /// <inheritdoc />
    public override string Kind => "parse-csv";

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        foreach (var (_, message) in Format.Validate())
        {
            errors.Add(this, message);
        }

        foreach (var field in Map.Fields.Where(field => !Format.HasHeading && !Format.Columns.IsEmpty && !Format.Columns.Contains(field.SourceName)))
        {
            errors.Add(this, $"field '{field.Name}': there is no column '{field.SourceName}'; the columns are {string.Join(", ", Format.Columns)}");
        }

        var plan = ParsePlan.Make(this, Map, input, errors, targets => new CsvStage(targets, Format), Format.Describe());
        return errors.All.Count == before ? plan : null;
    }
}
