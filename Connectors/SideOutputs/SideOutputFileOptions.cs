namespace AkkaPrivacy.Connectors.SideOutputs;

/// <summary>A file for the places of rows that were left out.</summary>
public sealed record SideOutputFileOptions
{
    /// <summary>The default of <see cref="MaxLines"/>: a million.</summary>
    public const long DefaultMaxLines = 1_000_000;

    /// <summary>The file; a missing one is made, lines are appended. Two outputs do not share a file.</summary>
    public required string Path { get; init; }

    /// <summary>Lines that a run writes at most, 1 or more; what comes after them is counted only, and a last line says how many
    /// of each reason. A line has at most about 300 bytes and the partition's name. Default: 1,000,000.</summary>
    public long MaxLines { get; init; } = DefaultMaxLines;
}

/// <summary>The file of a side output cannot be opened.</summary>
/// <param name="message">What is wrong and what to do.</param>
public sealed class SideOutputException(string message) : Exception(message);
