namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>Tables of SHA-256 (FIPS 180-4) and of its padding.</summary>
internal static class Sha256Constants
{
    /// <summary>Bytes in a message block.</summary>
    public const int BlockBytes = 64;

    /// <summary>32-bit words in a chaining state.</summary>
    public const int StateWords = 8;

    /// <summary>Bytes that padding needs at least: the bit 1 in its own byte and a length of 64 bits.</summary>
    public const int PaddingBytes = 9;

    // An array and not a span of literals: that one allocates on each use in code that is not optimised.
    private static readonly uint[] RoundConstantTable =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The initial state (FIPS 180-4, 5.3.3).</summary>
    public static ReadOnlySpan<uint> InitialState =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    /// <summary>The 64 round constants (FIPS 180-4, 4.2.2).</summary>
    public static ReadOnlySpan<uint> RoundConstants => RoundConstantTable;

    /// <summary>
    /// 64 bytes of 0xFF, then 65 of 0. The 64 bytes that start at 64 - r keep the first r bytes of a block, for r
    /// from -1 to 64.
    /// </summary>
    public static ReadOnlySpan<byte> KeepBytes =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0,
    ];

    /// <summary>
    /// 64 zeros, 0x80, 64 zeros. The 64 bytes that start at 64 - r hold the padding bit at place r; they hold
    /// none for r = 64 (the block is full, the bit is in the next) and r = -1 (it was in the one before).
    /// </summary>
    public static ReadOnlySpan<byte> PaddingBit =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0x80,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The blocks that a message fills together with its padding.</summary>
    /// <param name="length">The message's length in bytes, 0 or more.</param>
    /// <returns>1 for up to 55 bytes, 2 for up to 119, and so on.</returns>
    public static int BlockCount(int length) => (int)(((uint)length + PaddingBytes + BlockBytes - 1) / BlockBytes);
}
