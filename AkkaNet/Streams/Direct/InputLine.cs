namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>A line of input with its place in it, so that a run goes on where the one before stopped.</summary>
/// <param name="Offset">0 or more, and higher than that of the line before; the same line has the same offset in each
/// run. Gaps are allowed.</param>
/// <param name="Text">The line, without line feeds.</param>
public readonly record struct InputLine(long Offset, string Text)
{
    /// <summary>The place alone, because what an actor system logs of elements must not hold a person's.</summary>
    /// <returns>Nothing of the text.</returns>
    public override string ToString() => $"line at {Offset}";
}
