using System.Buffers;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>The parts of an HTTP request line as logged; each may be missing.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The target up to its first question mark.</param>
/// <param name="Query">What follows the question mark.</param>
/// <param name="Protocol">The protocol and its version.</param>
internal readonly record struct RequestLine(TextSpan Method, TextSpan Path, TextSpan Query, TextSpan Protocol)
{
    private static readonly SearchValues<byte> MethodBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"u8);
    private static readonly RequestLine None = new(TextSpan.Missing, TextSpan.Missing, TextSpan.Missing, TextSpan.Missing);

    /// <summary>Splits <c>METHOD target PROTOCOL</c>; the protocol may be missing (HTTP/0.9) and the target may contain
    /// spaces. Anything else, such as the bytes of a TLS handshake, has no parts.</summary>
    /// <param name="bytes">The buffer.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="end">The byte after the last.</param>
    /// <returns>The parts.</returns>
    public static RequestLine Split(byte[] bytes, int start, int end)
    {
        var line = bytes.AsSpan(start, end - start);
        var method = line.IndexOfAnyExcept(MethodBytes);
        if (method <= 0 || line[method] != ' ' || method + 1 == line.Length)
        {
            return None;
        }

        var last = line.LastIndexOf((byte)' ');
        var protocol = last > method && line[(last + 1)..].StartsWith("HTTP/"u8)
            ? new TextSpan(start + last + 1, line.Length - last - 1)
            : TextSpan.Missing;
        var target = new TextSpan(start + method + 1, (protocol.IsMissing ? line.Length : last) - method - 1);
        var question = bytes.AsSpan(target.Offset, target.Length).IndexOf((byte)'?');
        return new RequestLine(
            new TextSpan(start, method),
            question < 0 ? target : target with { Length = question },
            question < 0 ? TextSpan.Missing : new TextSpan(target.Offset + question + 1, target.Length - question - 1),
            protocol);
    }
}
