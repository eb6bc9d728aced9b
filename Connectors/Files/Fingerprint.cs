using System.Globalization;
using System.Security.Cryptography;
using AkkaPrivacy.Engine.Ports;
using Microsoft.Win32.SafeHandles;

namespace AkkaPrivacy.Connectors.Files;

/// <summary>Tells whether a file is still the one that was read before: <c>n:hash</c>, the first 8 bytes of SHA-256 over the
/// file's first n bytes in lower-case hexadecimal. It holds while the file only grows.</summary>
/// <remarks>Eight bytes of a hash over a kilobyte or more of log lines do not reveal them; over a very short head they could
/// be guessed, as the head itself could.</remarks>
internal static class Fingerprint
{
    /// <summary>The longest head that is hashed.</summary>
    public const int HeadBytes = 4096;

    /// <summary>The fingerprint of a file as it is.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">Its length.</param>
    /// <returns>The fingerprint.</returns>
    public static string Of(SafeFileHandle file, long length) => Over(file, (int)Math.Min(HeadBytes, length));

    /// <summary>Whether a file begins with the bytes that a fingerprint was made of.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="fingerprint">The fingerprint.</param>
    /// <returns>True or false; null when the file is shorter than the head, so that nothing can be said.</returns>
    /// <exception cref="SourceException">It is no fingerprint.</exception>
    public static bool? Matches(SafeFileHandle file, long length, string fingerprint)
    {
        var colon = fingerprint.IndexOf(':');
        if (colon < 0 || !int.TryParse(fingerprint.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var head) || head > HeadBytes)
        {
            throw new SourceException($"The stored identity of a file is damaged: it is not of the form 'n:hash' with n up to {HeadBytes}.");
        }

        return length < head ? null : Over(file, head) == fingerprint;
    }

    /// <summary>How many bytes a fingerprint was made of.</summary>
    /// <param name="fingerprint">The fingerprint.</param>
    /// <returns>Its n; 0 when it is none.</returns>
    public static long LengthOf(string fingerprint) =>
        long.TryParse(fingerprint.AsSpan(0, Math.Max(0, fingerprint.IndexOf(':'))), NumberStyles.None, CultureInfo.InvariantCulture, out var head) ? head : 0;

    private static string Over(SafeFileHandle file, int head)
    {
        var bytes = new byte[head];
        var read = 0;
        while (read < head)
        {
            var count = RandomAccess.Read(file, bytes.AsSpan(read), read);
            if (count == 0)
            {
                break;
            }

            read += count;
        }

        var hash = SHA256.HashData(bytes.AsSpan(0, read));
        return string.Create(CultureInfo.InvariantCulture, $"{read}:{Convert.ToHexStringLower(hash.AsSpan(0, 8))}");
    }
}
