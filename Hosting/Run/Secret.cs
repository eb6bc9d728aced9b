using System.Text;
using AkkaPrivacy.Hosting.Configuration.Options;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Reads secrets from where the configuration says they are. A configuration never holds one itself.</summary>
internal static class Secret
{
    private const int LongestBytes = 4096;

    /// <summary>Reads a secret.</summary>
    /// <param name="place">Where it is; null for none.</param>
    /// <returns>Its bytes without a line ending behind them; null for none.</returns>
    /// <exception cref="SecretException">It is not there, empty or too long.</exception>
    public static byte[]? Read(SecretPlace? place)
    {
        if (place is null)
        {
            return null;
        }

        var bytes = place.File is { } file ? ReadFile(place.Key, file) : ReadVariable(place.Key, place.Variable!);
        var length = bytes.AsSpan().TrimEnd("\r\n"u8).Length;
        return length is > 0 and <= LongestBytes
            ? bytes[..length]
            : throw new SecretException($"{place.Key}: the secret in {Where(place)} has {length} bytes; allowed are 1 to {LongestBytes}.");
    }

    /// <summary>Reads a secret that is text.</summary>
    /// <param name="place">Where it is; null for none.</param>
    /// <returns>The text; null for none.</returns>
    /// <exception cref="SecretException">It is not there, empty or too long.</exception>
    public static string? ReadText(SecretPlace? place) => Read(place) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private static byte[] ReadFile(string key, string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read);
            var bytes = new byte[LongestBytes + 3];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SecretException($"{key}: the file '{file}' cannot be read ({failure.GetType().Name}).");
        }
    }

    private static byte[] ReadVariable(string key, string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text
            ? Encoding.UTF8.GetBytes(text)
            : throw new SecretException($"{key}: the environment variable '{variable}' is not set.");

    private static string Where(SecretPlace place) => place.File is { } file ? $"the file '{file}'" : $"the environment variable '{place.Variable}'";
}

/// <summary>A secret cannot be read. The message names its key and place, never its content.</summary>
/// <param name="message">What happened.</param>
internal sealed class SecretException(string message) : Exception(message);
