using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Replaces an HTTP status code by its class: 404 by <c>4xx</c>. What is not in 100 to 599 becomes <c>other</c>.</summary>
public sealed record StatusClassTreatment : GeneraliseTreatment
{
    /// <inheritdoc />
    public override string Description => "status-class()";

    /// <inheritdoc />
    internal override ColumnType InputType => ColumnType.Int64;

    /// <inheritdoc />
    internal override Func<Stage<EventBatch, EventBatch>> Bind(ColumnDefinition column, int input, int output, Action<string> error) =>
        () => new NumberRuleStage<StatusClassRule>(input, output, default);
}

/// <summary>Names the class of a status code.</summary>
internal readonly struct StatusClassRule : INumberRule
{
    private static readonly LabelTable Classes = new(["other", "1xx", "2xx", "3xx", "4xx", "5xx"]);

    /// <inheritdoc />
    public LabelTable Labels => Classes;

    /// <inheritdoc />
    public int LabelOf(long value) => value is >= 100 and <= 599 ? (int)value / 100 : 0;
}
