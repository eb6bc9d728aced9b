using System.Security.Cryptography;
using System.Text;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>
/// A key of HMAC-SHA-256 (RFC 2104), held as the two SHA-256 states after the padded key's block. Each message
/// then costs two compressions instead of four, and the key itself is not kept.
/// </summary>
/// <remarks>
/// Immutable until disposed, and safe to share between threads. The states are as secret as the key: they lie in
/// pinned memory, so that the collector leaves no copies, and are overwritten by <see cref="Dispose"/>.
/// </remarks>
internal sealed class HmacSha256Key : IDisposable
{
    /// <summary>The fewest bytes of a master key.</summary>
    public const int MinMasterKeyBytes = 16;

    private const string PurposePrefix = "akkaprivacy/token/v1/";
    private const byte InnerPad = 0x36;
    private const byte OuterPad = 0x5c;

    private readonly uint[] _states = GC.AllocateArray<uint>(2 * Sha256Constants.StateWords, pinned: true);
    private volatile bool _disposed;

    /// <summary>Prepares a key as it is, without a purpose.</summary>
    /// <param name="key">Any length, as in RFC 2104; keys over 64 bytes are hashed first. 32 bytes are
    /// recommended. It is copied, and may be erased afterwards.</param>
    public HmacSha256Key(ReadOnlySpan<byte> key)
    {
        Span<byte> block = stackalloc byte[Sha256Constants.BlockBytes];
        block.Clear();
        if (key.Length > block.Length)
        {
            SHA256.HashData(key, block);
        }
        else
        {
            key.CopyTo(block);
        }

        Absorb(block, InnerPad, _states.AsSpan(0, Sha256Constants.StateWords));
        Absorb(block, OuterPad, _states.AsSpan(Sha256Constants.StateWords));
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>
    /// Derives the key of one purpose: HMAC-SHA-256(master key, "akkaprivacy/token/v1/" + purpose in UTF-8). Tokens
    /// of different purposes cannot be linked without the master key, and the separation costs nothing per message.
    /// </summary>
    /// <param name="masterKey">At least 16 bytes; 32 are recommended.</param>
    /// <param name="purpose">What the tokens are for; not empty.</param>
    /// <returns>The purpose's key.</returns>
    /// <exception cref="ArgumentException">The master key is too short, or the purpose is empty.</exception>
    public static HmacSha256Key ForPurpose(ReadOnlySpan<byte> masterKey, string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        if (masterKey.Length < MinMasterKeyBytes)
        {
            throw new ArgumentException(
                $"A token master key has at least {MinMasterKeyBytes} bytes (32 are recommended); this one has {masterKey.Length}.",
                nameof(masterKey));
        }

        Span<byte> derived = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(masterKey, Encoding.UTF8.GetBytes(PurposePrefix + purpose), derived);
        try
        {
            return new HmacSha256Key(derived);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Copies the inner state (8 words) and the outer state (8 words). The caller erases the copy.</summary>
    /// <param name="states">16 words.</param>
    /// <exception cref="ObjectDisposedException">The key was erased.</exception>
    public void CopyStates(Span<uint> states)
    {
        _states.CopyTo(states);

        // Checked after the copy: a key erased meanwhile must never yield tokens under a state of zeros, which
        // anyone could compute.
        Interlocked.MemoryBarrier();
        ObjectDisposedException.ThrowIf(_disposed, this);
    }

    /// <summary>Overwrites the key. Later uses throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _disposed = true;
        Interlocked.MemoryBarrier();
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_states.AsSpan()));
    }

    private static void Absorb(ReadOnlySpan<byte> keyBlock, byte pad, Span<uint> state)
    {
        Span<byte> padded = stackalloc byte[Sha256Constants.BlockBytes];
        for (int i = 0; i < padded.Length; i++)
        {
            padded[i] = (byte)(keyBlock[i] ^ pad);
        }

        Sha256Constants.InitialState.CopyTo(state);
        Sha256Scalar.Compress(state, padded);
        CryptographicOperations.ZeroMemory(padded);
    }
}
