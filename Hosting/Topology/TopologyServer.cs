using System.Net.Sockets;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary>
/// Serves the topology of a running pipeline to processes of the same user: whoever connects to the socket beside the
/// store gets one snapshot as one line of JSON, and is hung up on.
/// </summary>
/// <remarks>
/// A run never fails for want of its topology: where the socket cannot be made, <see cref="Note"/> says why. Callers are
/// served one after the other, and one who does not read is dropped after a second, so the server holds at most one
/// snapshot. Disposal removes the socket.
/// </remarks>
internal sealed class TopologyServer : IAsyncDisposable
{
    private const int Backlog = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Func<TopologySnapshot> _snapshot;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket? _listener;
    private readonly string? _path;
    private readonly Task _serving;

    private TopologyServer(Func<TopologySnapshot> snapshot, TimeProvider time, Socket? listener, string? path, string? note)
    {
        (_snapshot, _time, _listener, _path, Note) = (snapshot, time, listener, path, note);
        _serving = listener is null ? Task.CompletedTask : Task.Run(ServeAsync);
    }

    /// <summary>Why the topology is not served; null when it is.</summary>
    public string? Note { get; }

    /// <summary>Starts serving beside a store; a socket that a killed process left is replaced.</summary>
    /// <param name="storePath">The store's file.</param>
    /// <param name="snapshot">Takes a snapshot; called once for each caller, from another thread.</param>
    /// <param name="time">The clock for impatience; null takes the system's.</param>
    /// <returns>The server; its <see cref="Note"/> tells whether it listens.</returns>
    public static TopologyServer Start(string storePath, Func<TopologySnapshot> snapshot, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        if (TopologySocket.PathFor(storePath) is not { } path)
        {
            return new TopologyServer(snapshot, time, null, null, $"The topology is not served: the socket's path beside '{storePath}' would exceed {TopologySocket.MaxPathBytes} bytes.");
        }

        try
        {
            PrepareDirectory(TopologySocket.DirectoryFor(storePath));
            return IsServed(path)
                ? new TopologyServer(snapshot, time, null, null, $"The topology is not served: another run serves its own beside '{storePath}'.")
                : new TopologyServer(snapshot, time, Listen(path), path, null);
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            return new TopologyServer(snapshot, time, null, null, $"The topology is not served: the socket '{path}' cannot be made ({failure.GetType().Name}).");
        }
    }

    /// <summary>Stops serving and removes the socket.</summary>
    /// <returns>A task that ends when nothing is left.</returns>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(false);
        _listener?.Dispose();
        if (_path is not null)
        {
            File.Delete(_path);
            Directory.Delete(Path.GetDirectoryName(_path)!);
        }

        _stop.Dispose();
    }

    // Between bind and chmod a socket has the mode of the umask; the directory closes that gap.
    private static void PrepareDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(directory, Owner);
        File.SetUnixFileMode(directory, Owner);
    }

    private static bool IsServed(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return false;
        }
    }

    private static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            listener.Listen(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var caller = await _listener!.AcceptAsync(_stop.Token).ConfigureAwait(false);
                await AnswerAsync(caller).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal ends the loop.
        }
    }

    private async Task AnswerAsync(Socket caller)
    {
        using var impatience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(impatience.Token, _stop.Token);
        try
        {
            byte[] line = [.. TopologyJson.ToUtf8(_snapshot()), (byte)'\n'];
            for (var sent = 0; sent < line.Length;)
            {
                sent += await caller.SendAsync(line.AsMemory(sent), either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException && !_stop.IsCancellationRequested)
        {
            // The caller hung up or does not read; that is no concern of the run.
        }
    }
}
