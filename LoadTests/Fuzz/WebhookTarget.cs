using System.Net;
using System.Text;
using AkkaPrivacy.Connectors.Webhook;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>What a receiver of releases answers, byte by byte. The second attempt is always taken.</summary>
internal static class WebhookTarget
{
    private static readonly byte[] Taken = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"u8.ToArray();
    private static readonly Release[] Releases = [ReleaseJson.Read(ReleaseTarget.Sample())];
    private static readonly WebhookOptions Options = new() { Url = new Uri("http://receiver.example/releases"), Timeout = AnsweringClock.Timeout, Patience = AnsweringClock.Patience };

    /// <summary>The target.</summary>
    public static FuzzTarget Target { get; } = new(
        "webhook",
        () => FuzzTargets.Texts(
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 2\r\n\r\nno",
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: Sun, 01 Mar 2026 00:01:00 GMT\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://other.example/\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ["\r\n", "\r\n\r\n", "HTTP/1.1 ", "Retry-After: ", "Content-Length: ", "9223372036854775808", "-1", "0", "500", "600", "Sun, 31 Dec 9999 23:59:59 GMT", "Connection: upgrade\r\n", "\0", "é"],
        () => Take);

    private static bool Take(byte[] input)
    {
        var answers = 0;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new Connection(answers++ == 0 ? input : Taken)),
        };
        var sink = new WebhookSink(Options, new AnsweringClock(), handler);
        try
        {
            sink.PublishAsync(Releases, default).AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (SinkException exception)
        {
            return exception.Message.Length > 4096 ? throw new FuzzMismatchException("an error is longer than any text of its own") : false;
        }
        finally
        {
            sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Takes everything, answers with bytes and hangs up.</summary>
    private sealed class Connection(byte[] answer) : MemoryStream(answer, writable: false)
    {
        public override bool CanWrite => true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // The receiver takes it.
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            // The receiver takes it.
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
