using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>
/// Reads the lines of an nginx <c>log_format</c> that writes JSON, with <c>escape=json</c> or <c>escape=default</c>
/// (https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format), into the columns of a data map. It is
/// <see cref="ParseJsonLines"/> with the habits of that server: numbers and times in quotes, empty texts and <c>-</c> for what is
/// not there, <c>\xHH</c> for bytes.
/// </summary>
/// <param name="map">The fields; <see cref="FieldDefinition.SourceName"/> is the key in the object.</param>
public sealed class ParseNginxJson(DataMap map) : ParseOperator
{
    /// <inheritdoc />
    public override DataMap Map { get; } = map;

    /// <inheritdoc />
    public override string Kind => "parse-nginx-json";

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors) =>
        ParsePlan.Make(this, Map, input, errors, targets => new JsonLineStage(targets, ofNginx: true));
}
