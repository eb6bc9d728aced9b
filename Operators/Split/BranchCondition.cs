namespace AkkaPrivacy.Operators.Split;

/// <summary>A condition on one field, for splits that are written as data. All parts that are given hold.</summary>
public sealed record BranchCondition
{
    /// <summary>The field: a text, or a whole number. Null makes a condition that always holds.</summary>
    public string? Field { get; init; }

    /// <summary>The values, as texts; empty for any. A missing value is in no list.</summary>
    public IReadOnlyList<string> In { get; init; } = [];

    /// <summary>The smallest number, in units of the field's resolution; null for none. Numbers only.</summary>
    public long? AtLeast { get; init; }

    /// <summary>The largest number, in units of the field's resolution; null for none. Numbers only.</summary>
    public long? AtMost { get; init; }

    internal string Description => Field is null
        ? "otherwise"
        : FormattableString.Invariant($"{Field} in [{string.Join(';', In.Select(value => Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(value))))}] {AtLeast}..{AtMost}");
}
