using System.Text;
using AkkaPrivacy.Connectors.Http;
using Microsoft.AspNetCore.Http;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Requests for the HTTP source: method, path, headers and body. What is answered with 202 is in the spool, byte by byte,
/// and of all others nothing is.</summary>
internal sealed class IngestTarget
{
    private const int MaxRequestBytes = 4096;
    private readonly HttpIngestOptions _options = new() { Spool = Path.Combine(FuzzFolder.New(), "spool"), Token = "secret", MaxRequestBytes = MaxRequestBytes, SegmentBytes = 64 * 1024 };
    private readonly Spool _spool;
    private readonly IngestServer _server;

    private IngestTarget()
    {
        _spool = Spool.Open(_options.Spool, _options.SegmentBytes);
        var writer = new SpoolWriter(_spool, _options.SpoolBytes, _options.PendingBytes);
        _ = writer.RunAsync();
        _server = new IngestServer(_options, writer);
    }

    /// <summary>The target.</summary>
    public static FuzzTarget Target { get; } = new(
        "http",
        () =>
        [
            .. FuzzTargets.Texts(
                "POST /events\nAuthorization: Bearer secret\nContent-Type: application/x-ndjson\nContent-Length: 22\n\n{\"time\":1}\n{\"time\":2}\n",
                "POST /events\nAuthorization: Bearer secret\n\nno ending",
                "GET /events\nAuthorization: Bearer secret\n\n",
                "POST /events\nAuthorization: Bearer other\nContent-Length: 1\n\nx"),
            [.. "POST /events\nAuthorization: Bearer secret\nContent-Encoding: gzip\n\n"u8, 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ],
        ["\n", "\n\n", "Content-Length: ", "Content-Encoding: gzip\n", "Transfer-Encoding: chunked\n", "4096", "4097", "9223372036854775808", "-1", "/", "POST", "Bearer secret", "é", "\0", "\r"],
        () => new IngestTarget().Take);

    private bool Take(byte[] input)
    {
        var context = Request(input, out var body);
        var before = _spool.End;
        _server.HandleAsync(context).GetAwaiter().GetResult();
        var stored = new byte[_spool.End - before];
        for (var read = 0; read < stored.Length;)
        {
            read += _spool.Read(before + read, stored.AsSpan(read));
        }

        _spool.Release(_spool.End);
        var isTaken = context.Response.StatusCode == StatusCodes.Status202Accepted;
        if (!stored.AsSpan().SequenceEqual(isTaken ? WithEnding(body) : []))
        {
            throw new FuzzMismatchException($"status {context.Response.StatusCode}, but the spool holds {stored.Length} bytes of {body.Length}");
        }

        return isTaken;
    }

    private static byte[] WithEnding(byte[] body) => body.Length == 0 || body[^1] == '\n' ? body : [.. body, (byte)'\n'];

    // As the server underneath hands it on: a body is as long as its length says, or else reading it fails.
    private static DefaultHttpContext Request(byte[] input, out byte[] body)
    {
        var end = input.AsSpan().IndexOf("\n\n"u8);
        var head = Encoding.Latin1.GetString(end < 0 ? input : input[..end]).Split('\n');
        var context = new DefaultHttpContext();
        var first = head[0].Split(' ', 2);
        context.Request.Method = first[0];
        context.Request.Path = first.Length > 1 && first[1].StartsWith('/') ? first[1] : "/";
        foreach (var line in head.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                context.Request.Headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        body = end < 0 ? [] : input[(end + 2)..];
        var length = context.Request.ContentLength;
        var isCut = length > body.Length;
        body = length < body.Length ? body[..(int)length] : body;
        context.Request.Body = new BodyStream(body, isCut ? StatusCodes.Status400BadRequest : body.Length > MaxRequestBytes ? StatusCodes.Status413PayloadTooLarge : null);
        return context;
    }

    private sealed class BodyStream(byte[] body, int? failure) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            destination.Write(body, 0, Math.Min(body.Length, MaxRequestBytes));
            return failure is { } status ? throw new BadHttpRequestException("The body is not as it should be.", status) : Task.CompletedTask;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
