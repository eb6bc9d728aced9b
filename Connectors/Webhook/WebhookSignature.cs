using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AkkaPrivacy.Connectors.Webhook;

/// <summary>The signature of a webhook's request: <c>t=SECONDS,v1=HEX</c>, where HEX is HMAC-SHA256 under the shared secret over
/// the decimal seconds since the Unix epoch, a full stop, and the body's bytes.</summary>
public static class WebhookSignature
{
    /// <summary>The header that holds it.</summary>
    public const string Header = "AkkaPrivacy-Signature";

    /// <summary>Signs a body.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="now">The time of signing.</param>
    /// <param name="body">The body.</param>
    /// <returns>The header's value.</returns>
    public static string Of(ReadOnlySpan<byte> secret, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={time},v1={Convert.ToHexStringLower(Mac(secret, time, body))}";
    }

    /// <summary>Whether a signature is genuine and fresh; for receivers.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="now">The receiver's time.</param>
    /// <param name="tolerance">How far the time of signing may lie from it, for example 5 minutes.</param>
    /// <param name="body">The body's bytes as they came.</param>
    /// <param name="signature">The header's value.</param>
    /// <returns>True when it is.</returns>
    public static bool Verify(ReadOnlySpan<byte> secret, DateTimeOffset now, TimeSpan tolerance, ReadOnlySpan<byte> body, string signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (signature.Split(',') is not [['t', '=', .. var time], ['v', '1', '=', .. var hex]]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)tolerance.TotalSeconds
            || hex.Length != 2 * HMACSHA256.HashSizeInBytes)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.FromHexString(hex, mac, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == mac.Length
            && CryptographicOperations.FixedTimeEquals(mac, Mac(secret, time, body));
    }

    private static byte[] Mac(ReadOnlySpan<byte> secret, string time, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        mac.AppendData(Encoding.ASCII.GetBytes(time + "."));
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }
}
