using System.Net.Sockets;
using System.Text.Json;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary>Asks the run on a store for its topology.</summary>
internal static class TopologyClient
{
    // A snapshot has one entry for each stage and lane; a megabyte holds thousands.
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Asks once.</summary>
    /// <param name="storePath">The store's file.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The snapshot; null when no run serves one.</returns>
    /// <exception cref="JsonException">Something else answered.</exception>
    public static async Task<TopologySnapshot?> AskAsync(string storePath, CancellationToken cancellationToken)
    {
        if (TopologySocket.PathFor(storePath) is not { } path || !File.Exists(path))
        {
            return null;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            var line = await ReadAsync(socket, cancellationToken).ConfigureAwait(false);
            return line.Length == 0 ? null : TopologyJson.Read(line);
        }
        catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.AddressNotAvailable)
        {
            return null;
        }
    }

    private static async Task<byte[]> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var line = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false)) > 0)
        {
            line.Write(buffer, 0, read);
            if (line.Length > MaxBytes)
            {
                throw new JsonException($"The answer exceeds {MaxBytes} bytes.");
            }
        }

        return line.ToArray();
    }
}
