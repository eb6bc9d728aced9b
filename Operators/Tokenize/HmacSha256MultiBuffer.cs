using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>
/// HMAC-SHA-256 of many short messages under one key, computed side by side in the lanes of vector registers.
/// </summary>
/// <remarks>
/// A token is the first 16 bytes of the standard digest (RFC 2104 with FIPS 180-4, truncated as in RFC 4868), so any
/// HMAC library reproduces it. Up to 55 bytes a message costs two compressions; each further 64 bytes cost one more.
/// Nothing is allocated. The time taken depends on lengths, never on contents.
/// </remarks>
internal static class HmacSha256MultiBuffer
{
    /// <summary>Bytes in a token.</summary>
    public const int TokenBytes = 16;

    /// <summary>Messages that fill more blocks than this are hashed one at a time, so that one of them does not
    /// keep the other lanes waiting.</summary>
    internal const int MaxLaneBlocks = 64;

    /// <summary>The path that <see cref="HmacPath.Auto"/> takes on this processor.</summary>
    public static HmacPath BestPath { get; } =
        Sha256Lanes512.IsSupported ? HmacPath.Lanes512 : Sha256Lanes256.IsSupported ? HmacPath.Lanes256 : HmacPath.Scalar;

    /// <summary>Whether the processor can take a path.</summary>
    /// <param name="path">The path.</param>
    /// <returns>True if <see cref="ComputeTokens"/> accepts it.</returns>
    public static bool IsSupported(HmacPath path) => path switch
    {
        HmacPath.Lanes512 => Sha256Lanes512.IsSupported,
        HmacPath.Lanes256 => Sha256Lanes256.IsSupported,
        _ => true,
    };

    /// <summary>Computes the token of each message.</summary>
    /// <param name="key">The key; it may be used by several threads at once.</param>
    /// <param name="data">The buffer that holds all messages. Nothing outside of it is read.</param>
    /// <param name="offsets">Where each message starts; messages may overlap and lie in any order.</param>
    /// <param name="lengths">How many bytes each message has, 0 or more; as many as offsets.</param>
    /// <param name="tokens">Receives a token per message; at least as many as offsets. In memory, the 16 bytes of a
    /// token are the first 16 of the digest, in its order. Must not overlap <paramref name="data"/>.</param>
    /// <param name="path">Which instructions to use; tests and comparisons choose, others leave the default.</param>
    /// <exception cref="ArgumentException">The spans disagree, or a message lies outside the buffer; no token was
    /// written.</exception>
    /// <exception cref="ObjectDisposedException">The key was erased; no token was written.</exception>
    /// <exception cref="PlatformNotSupportedException">The processor lacks the instructions of a chosen path.</exception>
    [SkipLocalsInit]
    public static void ComputeTokens(
        HmacSha256Key key,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<int> lengths,
        Span<UInt128> tokens,
        HmacPath path = HmacPath.Auto)
    {
        int longest = Check(data.Length, offsets, lengths, tokens.Length);
        if (!IsSupported(path))
        {
            throw new PlatformNotSupportedException($"This processor has no instructions for the path {path}.");
        }

        Span<uint> states = stackalloc uint[2 * Sha256Constants.StateWords];
        try
        {
            key.CopyStates(states);
            var batch = new HmacBatch { Data = data, Offsets = offsets, Lengths = lengths, Tokens = tokens, States = states };
            Run(batch, longest, path == HmacPath.Auto ? BestPath : path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(states));
        }
    }

    private static void Run(in HmacBatch batch, int longest, HmacPath path)
    {
        if (path == HmacPath.Scalar)
        {
            for (int row = 0; row < batch.Offsets.Length; row++)
            {
                HmacScalar.ComputeToken(batch, row);
            }
        }
        else
        {
            HmacGrouping.Run(batch, Sha256Constants.BlockCount(longest), path == HmacPath.Lanes512);
        }
    }

    // Returns the longest message's length. The message of the exception names the row's number and no content.
    private static int Check(int dataLength, ReadOnlySpan<int> offsets, ReadOnlySpan<int> lengths, int tokens)
    {
        if (lengths.Length != offsets.Length || tokens < offsets.Length)
        {
            throw new ArgumentException(
                $"There are {offsets.Length} offsets, {lengths.Length} lengths and room for {tokens} tokens; lengths must be as many as offsets, and tokens at least as many.");
        }

        int longest = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            if ((ulong)(uint)offsets[i] + (uint)lengths[i] > (uint)dataLength)
            {
                throw new ArgumentException($"Message {i} of {offsets.Length} lies outside the buffer of {dataLength} bytes.");
            }

            longest = Math.Max(longest, lengths[i]);
        }

        return longest;
    }
}
