using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Hosting.Keys;

/// <summary>Derives the keys of all purposes from a master key of 32 bytes in a file, which holds it as one line of 64
/// hexadecimal digits and which only its owner may read.</summary>
/// <remarks>Safe for concurrent use. The master key lies in pinned memory and is erased by <see cref="Dispose"/>.</remarks>
public sealed class FileKeyRing : IKeyRing, IDisposable
{
    /// <summary>The longest purpose, in characters.</summary>
    public const int MaxPurposeLength = 64;

    private const string TokenPrefix = "akkaprivacy/token/v1/";
    private const int FingerprintBytes = 8;
    private readonly byte[] _master = GC.AllocateUninitializedArray<byte>(KeyFile.KeyBytes, pinned: true);
    private volatile bool _disposed;

    private FileKeyRing(string path, bool allowGroupRead)
    {
        KeyFile.Read(path, allowGroupRead, _master);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_master, "akkaprivacy/fingerprint/v1"u8, hash);
        Fingerprint = Convert.ToHexStringLower(hash[..FingerprintBytes]);
    }

    /// <summary>The first 8 bytes of HMAC-SHA-256(master key, "akkaprivacy/fingerprint/v1") as hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Opens a key file that exists.</summary>
    /// <param name="path">The file.</param>
    /// <param name="allowGroupRead">Whether the file's group may read it too, as with secrets that an orchestrator mounts for
    /// a group. Ignored on Windows. Default: false.</param>
    /// <returns>The key ring.</returns>
    /// <exception cref="KeyFileException">The file is missing, unreadable, open to others or of another form.</exception>
    public static FileKeyRing Open(string path, bool allowGroupRead = false) => new(path, allowGroupRead);

    /// <summary>Opens a key file, and makes it first where there is none: with mode 0600, whole or not at all. When two
    /// processes make it at once, both use the same key.</summary>
    /// <param name="path">The file; missing directories are made, for the owner only.</param>
    /// <param name="randomness">Where a new key is drawn from.</param>
    /// <param name="allowGroupRead">As in <see cref="Open"/>.</param>
    /// <returns>The key ring.</returns>
    /// <exception cref="KeyFileException">The file cannot be made, is unreadable, open to others or of another form.</exception>
    public static FileKeyRing OpenOrCreate(string path, IRandomSource randomness, bool allowGroupRead = false)
    {
        if (!Path.Exists(path))
        {
            KeyFile.Create(path, randomness);
        }

        return new FileKeyRing(path, allowGroupRead);
    }

    /// <summary>HMAC-SHA-256(master key, "akkaprivacy/token/v1/" + purpose in UTF-8).</summary>
    /// <param name="purpose">1 to 64 characters.</param>
    /// <returns>Thirty-two bytes; the caller clears them after use.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The purpose is empty or too long.</exception>
    /// <exception cref="ObjectDisposedException">The master key was erased.</exception>
    public byte[] DeriveKey(string purpose)
    {
        if (purpose.Length is 0 or > MaxPurposeLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(purpose), purpose.Length, $"A purpose has 1 to {MaxPurposeLength} characters.");
        }

        var key = HMACSHA256.HashData(_master, Encoding.UTF8.GetBytes(TokenPrefix + purpose));

        // Checked after use: a master key erased meanwhile must never yield keys of zeros, which anyone could compute.
        Interlocked.MemoryBarrier();
        ObjectDisposedException.ThrowIf(_disposed, this);
        return key;
    }

    /// <summary>Erases the master key.</summary>
    public void Dispose()
    {
        _disposed = true;
        Interlocked.MemoryBarrier();
        CryptographicOperations.ZeroMemory(_master);
    }
}
