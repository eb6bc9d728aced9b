using System.Net.Sockets;
using System.Text.Json;
using AkkaPrivacy.Hosting.Topology;

namespace AkkaPrivacy.Hosting.Control;

/// <summary>The protocol of the socket <c>control</c>: one line of JSON there, one line back, then the run hangs up.</summary>
internal static class ControlWire
{
    private const int MaxRequestBytes = 64 * 1024;
    private const int MaxReplyBytes = 4 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Answers one caller; one who sends nothing sensible within a second, or does not take the answer, is hung up on.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="control">Carries out the command.</param>
    /// <param name="time">The clock for impatience.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>A task that ends when the caller was answered.</returns>
    public static async Task AnswerAsync(Socket caller, RunControl control, TimeProvider time, CancellationToken stop)
    {
        try
        {
            var line = await HurriedAsync(hurry => ReadLineAsync(caller, MaxRequestBytes, hurry), time, stop).ConfigureAwait(false);
            var reply = await CarryOutAsync(line, control, stop).ConfigureAwait(false);
            await HurriedAsync(
                async hurry =>
                {
                    await WriteLineAsync(caller, reply, hurry).ConfigureAwait(false);
                    return true;
                },
                time,
                stop).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or JsonException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            // The caller hung up, said nothing or something else; that is no concern of the run.
        }
    }

    /// <summary>Carries out what a line asks for.</summary>
    /// <param name="line">The line, with its ending or without.</param>
    /// <param name="control">Carries out the command.</param>
    /// <param name="cancellationToken">Cancels the wait for the run's turn.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="JsonException">The line is no command.</exception>
    internal static Task<ControlReply> CarryOutAsync(byte[] line, RunControl control, CancellationToken cancellationToken) =>
        control.ExecuteAsync(Read<ControlRequest>(line), cancellationToken);

    /// <summary>Sends a command to the run on a store.</summary>
    /// <param name="storePath">The store's file.</param>
    /// <param name="request">The command.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The answer; null when no run takes commands there.</returns>
    /// <exception cref="JsonException">Something else answered.</exception>
    public static async Task<ControlReply?> AskAsync(string storePath, ControlRequest request, CancellationToken cancellationToken)
    {
        if (TopologySocket.ControlPathFor(storePath) is not { } path || !File.Exists(path))
        {
            return null;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            await WriteLineAsync(socket, request, cancellationToken).ConfigureAwait(false);
            return Read<ControlReply>(await ReadLineAsync(socket, MaxReplyBytes, cancellationToken).ConfigureAwait(false));
        }
        catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.AddressNotAvailable)
        {
            return null;
        }
    }

    private static async Task<T> HurriedAsync<T>(Func<CancellationToken, Task<T>> work, TimeProvider time, CancellationToken stop)
    {
        using var impatience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(impatience.Token, stop);
        return await work(either.Token).ConfigureAwait(false);
    }

    private static Task WriteLineAsync<T>(Socket socket, T value, CancellationToken cancellationToken) =>
        SocketListener.SendAsync(socket, (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n'], cancellationToken);

    private static T Read<T>(byte[] line) => JsonSerializer.Deserialize<T>(line, Options) ?? throw new JsonException("The line is null.");

    private static async Task<byte[]> ReadLineAsync(Socket socket, int maxBytes, CancellationToken cancellationToken)
    {
        var line = new byte[4096];
        var length = 0;
        while (Array.IndexOf(line, (byte)'\n', 0, length) < 0)
        {
            if (length == line.Length)
            {
                if (length >= maxBytes)
                {
                    break;
                }

                Array.Resize(ref line, Math.Min(maxBytes, length * 2));
            }

            var read = await socket.ReceiveAsync(line.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return line[..length];
    }
}
