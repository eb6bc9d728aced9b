using System.IO.Compression;

namespace AkkaPrivacy.Connectors.Files.Compression;

/// <summary>The plain bytes of gzip members, which must be whole.</summary>
/// <remarks>The platform's reader takes the end of its input in the middle of a member for the end of the content, so a file
/// that was cut off would pass for a shorter one. Hence a member of our own follows the last one: only behind a whole
/// member does it come out again as it is.</remarks>
internal sealed class GzipText : Stream
{
    private const byte EndMark = (byte)'.';
    private static readonly byte[] LastMember = Compress(EndMark);
    private readonly Appended _input;
    private readonly GZipStream _gzip;
    private bool _ended;

    /// <summary>Plain bytes.</summary>
    /// <param name="compressed">Members; closed with this stream.</param>
    public GzipText(Stream compressed)
    {
        _input = new Appended(compressed, LastMember);
        _gzip = new GZipStream(_input, CompressionMode.Decompress);
    }

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer) => _ended || buffer.IsEmpty ? 0 : Judge(buffer, _gzip.Read(buffer));

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        var count = await _gzip.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Judge(buffer.Span, count);
    }

    /// <inheritdoc />
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    // More input is asked for only when nothing comes out of what there was, so what comes out once the last member was
    // asked for is that of the last member, or rubbish.
    private int Judge(Span<byte> buffer, int count)
    {
        if (!_input.HasAppended)
        {
            return count > 0 ? count : throw new InvalidDataException("Other bytes follow the last gzip member.");
        }

        Span<byte> more = stackalloc byte[1];
        _ended = count == 1 && buffer[0] == EndMark && _gzip.Read(more) == 0;
        return _ended ? 0 : throw new InvalidDataException("The last gzip member is cut off or damaged.");
    }

    private static byte[] Compress(byte content)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.WriteByte(content);
        }

        return result.ToArray();
    }

    private sealed class Appended(Stream stream, byte[] last) : Stream
    {
        private int _given;

        public bool HasAppended => _given > 0;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => stream.Read(buffer) is var count and > 0 ? count : Append(buffer);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0 ? count : Append(buffer.Span);

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                stream.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Append(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, last.Length - _given);
            last.AsSpan(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }
    }
}
