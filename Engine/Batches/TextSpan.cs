namespace AkkaPrivacy.Engine.Batches;

/// <summary>Where a UTF-8 text stands in a <see cref="ByteArena"/>.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Number of bytes; negative when the row has no value.</param>
public readonly record struct TextSpan(int Offset, int Length)
{
    /// <summary>No value.</summary>
    public static TextSpan Missing => new(0, -1);

    /// <summary>Whether the row has no value.</summary>
    public bool IsMissing => Length < 0;
}
