using System.Collections.Concurrent;
using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;

namespace AkkaPrivacy.Connectors.Files;

/// <summary>Reads standard input, or a stream in its place: rows are passed on a few milliseconds after they came.</summary>
internal sealed class StreamInput : ILineInput
{
    private const int BufferBytes = 64 * 1024;
    private readonly LineFileOptions _options;
    private readonly TimeProvider _time;
    private readonly Stream _stream;
    private readonly LineBatcher _batcher;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Task<int>? _pending;
    private long _bytesRead;
    private bool _ended;
    private bool _partitionEnded;

    public StreamInput(LineFileOptions options, SourceContext context, ConcurrentQueue<string> restarted)
    {
        _options = options;
        _time = context.Time;
        _stream = Decompression.Open(options.Input ?? Console.OpenStandardInput(), Decompression.Of(options.Compression, LineFileOptions.StandardInput));
        _batcher = new LineBatcher(0, context.DeadLetters, options.MaxLineBytes) { QuotedRecords = options.QuotedRecords, HasHeading = options.HasHeading };
        if (context.Resume.Any(position => position.Partition == LineFileOptions.StandardInput))
        {
            restarted.Enqueue(LineFileOptions.StandardInput);
        }
    }

    /// <inheritdoc />
    public long? TotalBytes => null;

    /// <inheritdoc />
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <inheritdoc />
    public int Partitions => 1;

    /// <inheritdoc />
    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (_partitionEnded)
        {
            return SourceRead.End;
        }

        _batcher.Begin(batch);
        try
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            _batcher.Finish();
            throw new SourceException($"Standard input failed after {BytesRead} bytes: {exception.Message}", exception);
        }

        catch (Exception exception) when (Decompression.IsDamage(exception))
        {
            _batcher.Finish();
            throw new SourceException($"Standard input cannot be decompressed behind its plain byte {BytesRead}: it is damaged, cut off or compressed in another way.", exception);
        }

        if (_batcher.Finish() > 0)
        {
            return SourceRead.Rows;
        }

        cancellationToken.ThrowIfCancellationRequested();
        _partitionEnded = _ended;
        return _ended ? SourceRead.PartitionEnd : SourceRead.Idle;
    }

    /// <inheritdoc />
    public IReadOnlyList<SourcePosition> Positions() =>
        [new SourcePosition(LineFileOptions.StandardInput, string.Empty, _batcher.Offset, _batcher.Lines)];

    /// <inheritdoc />
    public void Dispose()
    {
        // A read of standard input cannot be cancelled; one that is under way ends with the process or the stream.
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        long? firstRow = null;
        while (!_batcher.Cut(_ended) && !_ended && (_batcher.Rows == 0 || _batcher.Wanted > 0))
        {
            if (_batcher.Rows > 0)
            {
                firstRow ??= _time.GetTimestamp();
            }

            var wait = firstRow is { } since ? _options.Linger - _time.GetElapsedTime(since) : _options.IdleAfter;
            _pending ??= _stream.ReadAsync(_buffer, CancellationToken.None).AsTask();
            if (!await CompletesAsync(_pending, wait, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            Take(await _pending.ConfigureAwait(false));
        }
    }

    private async ValueTask<bool> CompletesAsync(Task task, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (task.IsCompleted || wait <= TimeSpan.Zero || cancellationToken.IsCancellationRequested)
        {
            return task.IsCompleted;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(task, Task.Delay(wait, _time, stop.Token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        return task.IsCompleted;
    }

    private void Take(int count)
    {
        _pending = null;
        _ended = count == 0;
        _buffer.AsSpan(0, count).CopyTo(_batcher.Reserve(count));
        _batcher.Advance(count);
        Volatile.Write(ref _bytesRead, _bytesRead + count);
    }
}
