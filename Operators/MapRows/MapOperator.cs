using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>An operator made from a lambda over rows; see <see cref="Map"/>.</summary>
public abstract partial class MapOperator : RowOperator
{
    private protected MapOperator(string name, int version)
    {
        Name = name;
        Version = version;
    }

    /// <inheritdoc />
    public override string Kind => "map";

    /// <summary>Name of the filter or of the column it makes.</summary>
    public string Name { get; }

    /// <summary>Version of the lambda, for the plan hash.</summary>
    public int Version { get; }

    /// <inheritdoc />
    public sealed override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        if (!NamePattern().IsMatch(Name))
        {
            errors.Add(this, "the name of a map is 1 to 64 characters of a-z A-Z 0-9 _ -");
        }

        if (Version < 1)
        {
            errors.Add(this, $"version {Version} of map '{Name}' is out of range; it must be 1 or more");
        }

        if (input.Find(Name) is { IsRaw: true } && MakesColumn)
        {
            errors.Add(this, $"column '{Name}' is an identifier in the clear; a map may replace it only after its treatment");
        }

        return errors.All.Count > before ? null : Resolve(input, new RowLayout(input));
    }

    /// <summary>Whether the name is a column's.</summary>
    private protected abstract bool MakesColumn { get; }

    /// <summary>Makes the plan once name and version are sound.</summary>
    /// <param name="input">The columns that arrive.</param>
    /// <param name="layout">Those of them that the lambda may read.</param>
    /// <returns>The plan.</returns>
    private protected abstract RowPlan Resolve(RowSchema input, RowLayout layout);

    /// <summary>Describes the operator for the plan hash.</summary>
    /// <param name="kind">What it makes.</param>
    /// <returns>The text.</returns>
    private protected string Describe(string kind) => $"map.{kind}({Name},version={Version})";

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}

/// <summary>Keeps rows by a lambda.</summary>
/// <param name="name">The filter's name.</param>
/// <param name="predicate">The lambda.</param>
/// <param name="version">Its version.</param>
/// <param name="dropped">What rows that it does not keep are counted as; null for nothing.</param>
internal sealed class FilterOperator(string name, RowPredicate predicate, int version, DeadLetterReason? dropped = null) : MapOperator(name, version)
{
    private protected override bool MakesColumn => false;

    private protected override RowPlan Resolve(RowSchema input, RowLayout layout) =>
        new(input, () => new FilterStage(layout, Name, predicate, dropped), Describe(dropped is null ? "filter" : "consent"), Stability.OneToOne);
}

/// <summary>Makes a column of numbers by a lambda.</summary>
internal sealed class Int64MapOperator(string name, RowInt64 value, int version) : MapOperator(name, version)
{
    private protected override bool MakesColumn => true;

    private protected override RowPlan Resolve(RowSchema input, RowLayout layout)
    {
        var (replaced, slot) = (input.IndexOf(Name), input.NextSlot);
        var output = input.Add(new ColumnDefinition(Name, ColumnType.Int64, FieldClass.Measure));
        return new RowPlan(output, () => new Int64MapStage(layout, Name, value, replaced, slot), Describe("int64"), Stability.OneToOne);
    }
}

/// <summary>Makes a column of texts by a lambda.</summary>
internal sealed class TextMapOperator(string name, RowText value, int version) : MapOperator(name, version)
{
    private protected override bool MakesColumn => true;

    private protected override RowPlan Resolve(RowSchema input, RowLayout layout)
    {
        var (replaced, slot) = (input.IndexOf(Name), input.NextSlot);
        var output = input.Add(new ColumnDefinition(Name, ColumnType.Text, FieldClass.Attribute));
        return new RowPlan(output, () => new TextMapStage(layout, Name, value, replaced, slot), Describe("text"), Stability.OneToOne);
    }
}
