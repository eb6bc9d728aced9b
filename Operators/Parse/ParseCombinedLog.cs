using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>
/// Reads the log lines of web servers in the combined or the common log format
/// (https://httpd.apache.org/docs/2.4/logs.html#combined) into the columns of a data map. The folder's README lists the
/// elements, what is accepted and what becomes a dead letter.
/// </summary>
/// <param name="map">The fields; <see cref="FieldDefinition.SourceName"/> is one of <c>client, ident, user, time, request, method,
/// path, query, protocol, status, bytes, referrer, user-agent</c>.</param>
public sealed class ParseCombinedLog(DataMap map) : ParseOperator
{
    /// <inheritdoc />
    public override DataMap Map { get; } = map;

    /// <inheritdoc />
    public override string Kind => "parse-combined-log";

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        foreach (var field in Map.Fields)
        {
            if (LogElements.Mistake(field) is { } mistake)
            {
                errors.Add(this, $"field '{field.Name}': {mistake}");
            }
        }

        var plan = ParsePlan.Make(this, Map, input, errors, targets => new CombinedLogStage(targets));
        return errors.All.Count == before ? plan : null;
    }
}
