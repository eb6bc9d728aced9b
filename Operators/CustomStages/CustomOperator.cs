using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.MapRows;

namespace AkkaPrivacy.Operators.CustomStages;

/// <summary>A column that a custom stage fills.</summary>
/// <param name="Name">1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</param>
/// <param name="Type">Text (of class attribute), Int64 (of class measure) or Token.</param>
public sealed record CustomColumn(string Name, ColumnType Type);

/// <summary>An operator made from code of one's own; see <see cref="Custom"/>.</summary>
public abstract partial class CustomOperator : RowOperator
{
    private protected CustomOperator(string name, Stability stability, int version)
    {
        Name = name;
        Stability = stability;
        Version = version;
    }

    /// <inheritdoc />
    public override string Kind => "custom";

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What its author declared.</summary>
    public Stability Stability { get; }

    /// <summary>Version of the code, for the plan hash.</summary>
    public int Version { get; }

    /// <inheritdoc />
    public sealed override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        CheckName(Name, errors);
        if (Version < 1)
        {
            errors.Add(this, $"version {Version} of custom stage '{Name}' is out of range; it must be 1 or more");
        }

        if (!Stability.IsDeclared)
        {
            errors.Add(this, $"custom stage '{Name}' declares no stability; say Stability.OneToOne, OneToAtMost(k) or AcrossSubjects(s)");
        }

        Check(input, errors);
        return errors.All.Count > before ? null : Resolve(input, new RowLayout(input));
    }

    private protected abstract void Check(RowSchema input, PlanErrors errors);

    private protected abstract RowPlan Resolve(RowSchema input, RowLayout layout);

    private protected void CheckName(string name, PlanErrors errors)
    {
        if (!NamePattern().IsMatch(name))
        {
            errors.Add(this, "the name of a custom stage or its column is 1 to 64 characters of a-z A-Z 0-9 _ -");
        }
    }

    private protected void CheckColumn(string name, RowSchema input, PlanErrors errors)
    {
        CheckName(name, errors);
        if (input.Find(name) is { IsRaw: true })
        {
            errors.Add(this, $"column '{name}' is an identifier in the clear; a custom stage may replace it only after its treatment");
        }
    }

    private protected string Describe(string kind) => $"custom.{kind}({Name},{Stability},version={Version})";

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}
