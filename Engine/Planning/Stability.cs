namespace AkkaPrivacy.Engine.Planning;

/// <summary>How far one subject's rows reach through a stage: what its author declares, and what noise is planned by.</summary>
/// <remarks>Whatever is declared, the stage keeps nothing between rows of different subjects, reads no clock and no randomness, and
/// leaves event times in the accounting period they were in.</remarks>
public readonly record struct Stability
{
    private Stability(int rows, int subjects, bool moves) => (Rows, Subjects, Moves) = (rows, subjects, moves);

    /// <summary>The most rows or subjects that may be declared.</summary>
    public const int Largest = 10_000;

    /// <summary>A row becomes one row of the same subject or none, by itself alone: filters, projections, look-ups.</summary>
    public static Stability OneToOne { get; } = new(1, 1, false);

    /// <summary>The most rows that one row can become.</summary>
    public int Rows { get; }

    /// <summary>The most subjects whose rows can differ behind the stage when all rows of one subject differ before it.
    /// The sensitivity of every query behind it is multiplied by twice this number where rows may move.</summary>
    public int Subjects { get; }

    /// <summary>Whether rows may move to other subjects. A subject that is reached has rows of its own, too: what it counts in changes
    /// from one choice of groups and windows to another, which is twice what the absence of a subject changes.</summary>
    public bool Moves { get; }

    /// <summary>Whether anything was declared; false for the default value, which planning refuses.</summary>
    public bool IsDeclared => Subjects > 0;

    /// <summary>A row becomes up to <paramref name="rows"/> rows of the same subject, by itself alone. Bounds behind it hold
    /// for however many rows a subject has, so noise stays as it is.</summary>
    /// <param name="rows">1 to <see cref="Largest"/>.</param>
    /// <returns>The declaration.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public static Stability OneToAtMost(int rows) => new(Check(rows, nameof(rows)), 1, false);

    /// <summary>Rows may move to other subjects: all rows of one subject change the rows of at most
    /// <paramref name="subjects"/> subjects. Noise grows by twice that factor, also where it is 1.</summary>
    /// <param name="subjects">1 to <see cref="Largest"/>.</param>
    /// <param name="rows">The most rows that one row can become, 1 to <see cref="Largest"/>. Default: 1.</param>
    /// <returns>The declaration.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static Stability AcrossSubjects(int subjects, int rows = 1) => new(Check(rows, nameof(rows)), Check(subjects, nameof(subjects)), true);

    /// <summary>In words: <c>one-to-one</c>, <c>one-to-at-most(3)</c>, <c>across-subjects(2,rows=3)</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => this switch
    {
        { Moves: true } => FormattableString.Invariant($"across-subjects({Subjects},rows={Rows})"),
        { Rows: > 1 } => FormattableString.Invariant($"one-to-at-most({Rows})"),
        { IsDeclared: true } => "one-to-one",
        _ => "undeclared",
    };

    private static int Check(int number, string name) => number is >= 1 and <= Largest
        ? number
        : throw new ArgumentOutOfRangeException(name, number, $"A stability is from 1 to {Largest}.");
}
