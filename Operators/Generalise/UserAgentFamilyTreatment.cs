using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Replaces a User-Agent header by the browser's family: <c>Chrome</c>, <c>Firefox</c>, <c>Safari</c>, <c>Edge</c>,
/// <c>bot</c> and so on, or <c>other</c>. A missing, empty or <c>-</c> value is missing.</summary>
/// <remarks>The families come from a fixed, ordered table of marks; the first mark that occurs in the first 512 bytes,
/// whatever its letter case, decides.</remarks>
public sealed record UserAgentFamilyTreatment : GeneraliseTreatment
{
    /// <inheritdoc />
    public override string Description => $"user-agent-family(rules={UserAgentFamilies.Version})";

    /// <inheritdoc />
    internal override ColumnType InputType => ColumnType.Text;

    /// <inheritdoc />
    internal override Func<Stage<EventBatch, EventBatch>> Bind(ColumnDefinition column, int input, int output, Action<string> error) =>
        () => new UserAgentFamilyStage(input, output);
}
