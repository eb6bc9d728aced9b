using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Connectors.Http;

/// <summary>Takes events by HTTP, as lines in the bodies of POST requests. What was answered with 202 is on disk, and is read from
/// there: it survives a crash, and a run that is started again goes on where the stored state stands. The folder's README
/// says what is promised.</summary>
public sealed class HttpIngestSource : IEventSource
{
    private const int SmallestRead = 16 * 1024;
    private readonly HttpIngestOptions _options;
    private Spool? _spool;
    private SpoolWriter? _writer;
    private IngestServer? _server;
    private Task _writing = Task.CompletedTask;
    private LineBatcher? _batcher;
    private long _read;
    private long _stated;
    private string? _warning;

    /// <summary>A source.</summary>
    /// <param name="options">Where to listen, and where the spool is.</param>
    /// <param name="name">Its name in plans and logs. Default: <c>http</c>.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public HttpIngestSource(HttpIngestOptions options, string name = "http")
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_options, Name) = (options, name);
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public RowSchema Schema => LineSchema.Instance;

    /// <inheritdoc />
    public long? TotalBytes => null;

    /// <inheritdoc />
    public long BytesRead => Volatile.Read(ref _read);

    /// <inheritdoc />
    public int Partitions => 1;

    /// <summary>The address that it listens on, once opened.</summary>
    public Uri Address => (_server ?? throw new InvalidOperationException($"Source '{Name}' has not been opened.")).Address;

    /// <inheritdoc />
    public IReadOnlyList<string> Warnings => _warning is null ? [] : [_warning];

    /// <inheritdoc />
    public async ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        _spool = Spool.Open(_options.Spool, _options.SegmentBytes);
        var (offset, line) = Resume(context);
        _spool.Release(offset);
        (_read, _stated) = (offset, offset);
        _batcher = new LineBatcher(0, context.DeadLetters, _options.MaxLineBytes, offset, line);
        _writer = new SpoolWriter(_spool, _options.SpoolBytes, _options.PendingBytes);
        _writing = _writer.RunAsync();
        _server = await IngestServer.StartAsync(_options, _writer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var writer = _writer ?? throw new InvalidOperationException($"Source '{Name}' has not been opened.");
        if (_read >= _spool!.End)
        {
            await writer.WaitAsync(_options.IdleAfter, cancellationToken).ConfigureAwait(false);
        }

        return Fill(batch) > 0 ? SourceRead.Rows : SourceRead.Idle;
    }

    /// <summary>Where the reader is. What stands before the positions of the call before this one is in a stored state by now,
    /// and is given up.</summary>
    /// <returns>One position.</returns>
    public IReadOnlyList<SourcePosition> Positions()
    {
        if (_batcher is null)
        {
            return [];
        }

        _spool!.Release(_stated);
        _stated = _batcher.Offset;
        return [new SourcePosition(Name, _spool.Identity, _batcher.Offset, _batcher.Lines)];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        _writer?.Complete();
        await _writing.ConfigureAwait(false);
        _spool?.Dispose();
    }

    private (long Offset, long Line) Resume(SourceContext context)
    {
        var position = context.Resume.FirstOrDefault(position => position.Partition == Name);
        if (position is null)
        {
            return (_spool!.Start, 0);
        }

        if (position.Identity != _spool!.Identity)
        {
            _warning = $"The spool in '{_options.Spool}' is another one than when it was last read, so it was read from its beginning.";
            return (_spool.Start, 0);
        }

        return position.Offset >= _spool.Start && position.Offset <= _spool.End
            ? (position.Offset, position.Line)
            : throw new SourceException($"The spool in '{_options.Spool}' was read up to byte {position.Offset} but holds bytes {_spool.Start} to {_spool.End}. Nothing was read; restore it or start anew.");
    }

    private int Fill(EventBatch batch)
    {
        var batcher = _batcher!;
        batcher.Begin(batch);
        try
        {
            for (var more = true; !batcher.Cut(isEnd: false) && more && (batcher.Rows == 0 || batcher.Wanted > 0);)
            {
                var wanted = Math.Max(batcher.Wanted, SmallestRead);
                var count = _spool!.Read(_read, batcher.Reserve(wanted)[..wanted]);
                batcher.Advance(count);
                Volatile.Write(ref _read, _read + count);
                more = count > 0;
            }
        }
        catch (IOException exception)
        {
            batcher.Finish();
            throw new SourceException($"The spool in '{_options.Spool}' cannot be read at byte {_read} ({exception.GetType().Name}).", exception);
        }

        return batcher.Finish();
    }
}
