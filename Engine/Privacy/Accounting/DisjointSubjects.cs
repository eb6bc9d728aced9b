namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>The statement that no subject is in two parts of the data, with its reason. Whoever makes one answers for it:
/// parallel composition rests on it, and a subject in two parts would lose the sum.</summary>
/// <remarks>Nothing of the planner makes one: tokens of two tenants may stand for one person, and no data map says otherwise.
/// Accounts above tenants therefore add up (docs/decisions/0029). An operator whose tenants have separate keys and separate subjects by contract can.</remarks>
/// <param name="Parts">Names of the parts, different from each other.</param>
/// <param name="Reason">Why, for receipts and audits; not empty.</param>
public sealed record DisjointSubjects(IReadOnlyList<string> Parts, string Reason)
{
    /// <summary>Names of the parts.</summary>
    public IReadOnlyList<string> Parts { get; } = Parts.Distinct().Count() == Parts.Count
        ? Parts
        : throw new ArgumentException("A part is named twice.", nameof(Parts));

    /// <summary>Why no subject is in two of them.</summary>
    public string Reason { get; } = string.IsNullOrWhiteSpace(Reason)
        ? throw new ArgumentException("A reason is needed.", nameof(Reason))
        : Reason;
}
