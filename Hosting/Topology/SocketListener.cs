using System.Net.Sockets;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary>A Unix domain socket that only its owner may connect to. Callers are answered side by side. Disposal removes
/// the socket.</summary>
internal sealed class SocketListener : IAsyncDisposable
{
    private const int Backlog = 8;

    private readonly Func<Socket, CancellationToken, Task> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener;
    private readonly string _path;
    private readonly Task _serving;

    /// <summary>Listens.</summary>
    /// <param name="path">Where; nobody listens there.</param>
    /// <param name="answer">Answers one caller; must not throw but when it is cancelled.</param>
    /// <exception cref="SocketException">It cannot be made.</exception>
    public SocketListener(string path, Func<Socket, CancellationToken, Task> answer)
    {
        (_path, _answer) = (path, answer);
        _listener = Listen(path);
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Whether a process listens on a socket; one that a killed process left is removed.</summary>
    /// <param name="path">Where.</param>
    /// <returns>True when one does.</returns>
    public static bool IsServed(string path)
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

    /// <summary>Writes all bytes.</summary>
    /// <param name="socket">To whom.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A task that ends when they are sent.</returns>
    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken).ConfigureAwait(false)..];
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(false);
        _listener.Dispose();
        File.Delete(_path);
        _stop.Dispose();
    }

    // Between bind and chmod a socket has the mode of the umask; the directory closes that gap.
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
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                answers.RemoveAll(answer => answer.IsCompletedSuccessfully);
                answers.Add(AnswerAsync(caller));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal ends the loop.
        }

        await Task.WhenAll(answers).ConfigureAwait(false);
    }

    private async Task AnswerAsync(Socket caller)
    {
        try
        {
            await _answer(caller, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The listener is being closed.
        }
        finally
        {
            caller.Dispose();
        }
    }
}
