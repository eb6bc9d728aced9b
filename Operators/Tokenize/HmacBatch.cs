namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>The arguments of one call, checked: every message lies within <see cref="Data"/>.</summary>
internal readonly ref struct HmacBatch
{
    /// <summary>The buffer that holds all messages.</summary>
    public required ReadOnlySpan<byte> Data { get; init; }

    /// <summary>Where each message starts.</summary>
    public required ReadOnlySpan<int> Offsets { get; init; }

    /// <summary>How many bytes each message has.</summary>
    public required ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>Where the tokens go, one per message.</summary>
    public required Span<UInt128> Tokens { get; init; }

    /// <summary>The key's inner state (8 words), then its outer state (8 words).</summary>
    public required ReadOnlySpan<uint> States { get; init; }
}
