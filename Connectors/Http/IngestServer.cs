using System.Net;
using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Ports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AkkaPrivacy.Connectors.Http;

/// <summary>Takes POST requests of lines and answers when these are on disk. Says nothing of what is in them.</summary>
internal sealed class IngestServer : IAsyncDisposable
{
    private const string BusySeconds = "1";
    private const string FullSeconds = "5";
    private readonly HttpIngestOptions _options;
    private readonly SpoolWriter _writer;
    private readonly WebApplication _application;
    private readonly byte[]? _credentials;

    /// <summary>A server that does not listen yet.</summary>
    /// <param name="options">Where to listen, and what to take.</param>
    /// <param name="writer">Where lines go.</param>
    internal IngestServer(HttpIngestOptions options, SpoolWriter writer)
    {
        (_options, _writer) = (options, writer);
        _credentials = options.Token is { } token ? SHA256.HashData(Encoding.ASCII.GetBytes("Bearer " + token)) : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = 1024;
            kestrel.Listen(options.Listen);
        });
        _application = builder.Build();
        _application.Run(HandleAsync);
    }

    /// <summary>The address that it listens on.</summary>
    public Uri Address => new(_application.Urls.First());

    /// <summary>Starts a server.</summary>
    /// <param name="options">Where to listen, and what to take.</param>
    /// <param name="writer">Where lines go.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The server.</returns>
    /// <exception cref="SourceException">The address cannot be listened on.</exception>
    public static async Task<IngestServer> StartAsync(HttpIngestOptions options, SpoolWriter writer, CancellationToken cancellationToken)
    {
        var server = new IngestServer(options, writer);
        try
        {
            await server._application.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            await server._application.DisposeAsync().ConfigureAwait(false);
            throw new SourceException($"Nothing can listen on {options.Listen} ({exception.GetType().Name}): another process may have the port, or the address is none of this machine's.", exception);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(patience.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Answers one request.</summary>
    /// <param name="context">The request.</param>
    /// <returns>A task that ends when the answer is known.</returns>
    internal async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path != _options.Path)
        {
            Answer(context, HttpStatusCode.NotFound);
        }
        else if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            Answer(context, HttpStatusCode.MethodNotAllowed);
        }
        else if (!IsAllowed(request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            Answer(context, HttpStatusCode.Unauthorized);
        }
        else if (request.Headers.ContentEncoding.Count > 0)
        {
            Answer(context, HttpStatusCode.UnsupportedMediaType);
        }
        else
        {
            await TakeAsync(context).ConfigureAwait(false);
        }
    }

    // Hashes have one length, so that a comparison takes one time.
    private bool IsAllowed(HttpRequest request) => _credentials is null
        || CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString())), _credentials);

    private async Task TakeAsync(HttpContext context)
    {
        var most = context.Request.ContentLength ?? _options.MaxRequestBytes;
        if (most > _options.MaxRequestBytes)
        {
            Answer(context, HttpStatusCode.RequestEntityTooLarge);
            return;
        }

        var room = _writer.Enter(most + 1);
        if (room != Acceptance.Stored)
        {
            Answer(context, room);
            return;
        }

        try
        {
            var body = await ReadAsync(context, (int)most).ConfigureAwait(false);
            Answer(context, body.IsEmpty ? Acceptance.Stored : await _writer.StoreAsync(body).ConfigureAwait(false));
        }
        catch (BadHttpRequestException failure)
        {
            Answer(context, (HttpStatusCode)failure.StatusCode);
        }
        finally
        {
            _writer.Leave(most + 1);
        }
    }

    // The last line gets an ending, so that the next request begins a line.
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int most)
    {
        using var body = new MemoryStream(context.Request.ContentLength is null ? 0 : most + 1);
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        if (body.Length > 0 && body.GetBuffer()[body.Length - 1] != '\n')
        {
            body.WriteByte((byte)'\n');
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static void Answer(HttpContext context, Acceptance acceptance)
    {
        context.Response.Headers.RetryAfter = acceptance switch
        {
            Acceptance.Busy => BusySeconds,
            Acceptance.Full or Acceptance.Failed => FullSeconds,
            _ => default,
        };
        Answer(context, acceptance switch
        {
            Acceptance.Stored => HttpStatusCode.Accepted,
            Acceptance.Busy => HttpStatusCode.TooManyRequests,
            Acceptance.Full => HttpStatusCode.ServiceUnavailable,
            _ => HttpStatusCode.InsufficientStorage,
        });
    }

    private static void Answer(HttpContext context, HttpStatusCode status)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentLength = 0;
        if (status is HttpStatusCode.RequestEntityTooLarge)
        {
            // The rest of the body is not waited for.
            context.Response.Headers.Connection = "close";
        }
    }
}
