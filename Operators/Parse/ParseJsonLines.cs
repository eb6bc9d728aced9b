using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>
/// Reads lines that each hold one JSON object (RFC 8259) into the columns of a data map. Fields of the object that are not
/// mapped are dropped and counted. The folder's README lists what is accepted and what becomes a dead letter.
/// </summary>
/// <param name="map">The fields; <see cref="FieldDefinition.SourceName"/> is the key in the object.</param>
public sealed class ParseJsonLines(DataMap map) : ParseOperator
{
    /// <inheritdoc />
    public override DataMap Map { get; } = map;

    /// <inheritdoc />
    public override string Kind => "parse-json";

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors) =>
        ParsePlan.Make(this, Map, input, errors, targets => new JsonLineStage(targets));
}
