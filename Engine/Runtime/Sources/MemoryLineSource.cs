using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Engine.Runtime.Sources;

/// <summary>Reads lines from memory as a file source would, once or several times over; for tests and load tests.
/// One partition, named as the source; its identity is empty.</summary>
public sealed class MemoryLineSource : IEventSource
{
    private readonly ReadOnlyMemory<byte> _content;
    private readonly long _length;
    private readonly int _maxLineBytes;
    private LineBatcher? _batcher;
    private long _read;
    private bool _partitionEnded;

    /// <summary>A source.</summary>
    /// <param name="name">Its name; never a personal value.</param>
    /// <param name="content">The lines; a byte order mark at the start is passed over. Must not change.</param>
    /// <param name="repeat">How often the content is read, 1 or more. The last line of each time ends there, with or
    /// without a line feed. Default: 1.</param>
    /// <param name="maxLineBytes">The longest line. Default: <see cref="LineBatcher.DefaultMaxLineBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public MemoryLineSource(string name, ReadOnlyMemory<byte> content, int repeat = 1, int maxLineBytes = LineBatcher.DefaultMaxLineBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeat, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLineBytes, LineBatcher.SmallestMaxLineBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLineBytes, LineBatcher.LargestMaxLineBytes);
        Name = name;
        _content = content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
        _length = (long)repeat * _content.Length;
        _maxLineBytes = maxLineBytes;
    }

    /// <summary>As <see cref="LineBatcher.QuotedRecords"/>. Default: false.</summary>
    public bool QuotedRecords { get; init; }

    /// <summary>As <see cref="LineBatcher.HasHeading"/>; content with a heading is read once. Default: false.</summary>
    public bool HasHeading { get; init; }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public RowSchema Schema => LineSchema.Instance;

    /// <inheritdoc />
    public long? TotalBytes => _length;

    /// <inheritdoc />
    public long BytesRead => Volatile.Read(ref _read);

    /// <inheritdoc />
    public int Partitions => 1;

    /// <inheritdoc />
    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        var resume = context.Resume.FirstOrDefault(position => position.Partition == Name);
        if (resume is not null && (resume.Offset > _length || resume.Offset < 0 || resume.Line < 0))
        {
            throw new SourceException($"Source '{Name}' holds {_length} bytes; position {resume.Offset} lies outside.");
        }

        _read = resume?.Offset ?? 0;
        _partitionEnded = false;
        _batcher = new LineBatcher(0, context.DeadLetters, _maxLineBytes, _read, resume?.Line ?? 0)
        {
            QuotedRecords = QuotedRecords,
            HasHeading = HasHeading,
            Heading = HasHeading && _read > 0 ? LineBatcher.FirstLine(_content.Span, _maxLineBytes, QuotedRecords) : default,
        };
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var batcher = _batcher ?? throw new InvalidOperationException($"Source '{Name}' has not been opened.");
        if (_partitionEnded)
        {
            return ValueTask.FromResult(SourceRead.End);
        }

        batcher.Begin(batch);
        while (!batcher.Cut(IsAtEndOfContent) && _read < _length && (batcher.Rows == 0 || batcher.Wanted > 0))
        {
            var from = (int)(_read % _content.Length);
            var count = Math.Min(Math.Max(batcher.Wanted, 4096), _content.Length - from);
            _content.Span.Slice(from, count).CopyTo(batcher.Reserve(count));
            batcher.Advance(count);
            Volatile.Write(ref _read, _read + count);
        }

        if (batcher.Finish() > 0)
        {
            return ValueTask.FromResult(SourceRead.Rows);
        }

        _partitionEnded = true;
        return ValueTask.FromResult(SourceRead.PartitionEnd);
    }

    /// <inheritdoc />
    public bool Holds(SourcePosition partition) => partition.Partition == Name;

    /// <inheritdoc />
    public SourcePosition? PartitionAt(int partition) => new(Name, string.Empty, 0, 0);

    /// <inheritdoc />
    public IReadOnlyList<SourcePosition> Positions() =>
        _batcher is null ? [] : [new SourcePosition(Name, string.Empty, _batcher.Offset, _batcher.Lines)];

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsAtEndOfContent => _read > 0 && _read % _content.Length == 0;
}
