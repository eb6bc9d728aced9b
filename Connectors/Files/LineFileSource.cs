using System.Collections.Concurrent;
using AkkaPrivacy.Connectors.Files.Follow;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Connectors.Files;

/// <summary>Reads lines of a file, of all files of a pattern (each a partition, one after the other in order of their
/// full paths), or of standard input. The folder's README says what it does when files grow, shrink or are replaced.</summary>
/// <remarks>Files are found when the source is opened; <see cref="Partitions"/> and <see cref="TotalBytes"/> are known from
/// then on. With <see cref="LineFileOptions.Follow"/> files are read as they grow, and new ones are taken up.</remarks>
public sealed class LineFileSource : IEventSource
{
    private readonly LineFileOptions _options;
    private readonly ConcurrentQueue<string> _restarted = new();
    private readonly ConcurrentQueue<TruncatedFile> _truncated = new();
    private readonly ConcurrentQueue<string> _lost = new();
    private ILineInput? _input;

    /// <summary>A source.</summary>
    /// <param name="options">What to read.</param>
    /// <param name="name">Its name in plans and logs. Default: the path as given.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names all that are.</exception>
    public LineFileSource(LineFileOptions options, string? name = null)
    {
        var mistakes = options.Validate().Select(mistake => $"{mistake.Option} {mistake.Message}").ToArray();
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes), nameof(options));
        }

        _options = options;
        Name = name ?? options.Path;
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public RowSchema Schema => LineSchema.Instance;

    /// <inheritdoc />
    public long? TotalBytes => _input?.TotalBytes;

    /// <inheritdoc />
    public long BytesRead => _input?.BytesRead ?? 0;

    /// <inheritdoc />
    public int Partitions => _input?.Partitions ?? 0;

    /// <summary>Inputs that have other content than when the position to resume from was taken, and are therefore read from
    /// their beginning: paths of files, or <c>-</c> for standard input, which always starts anew.</summary>
    public IReadOnlyCollection<string> Restarted => _restarted;

    /// <summary>Files that became shorter while they were read.</summary>
    public IReadOnlyCollection<TruncatedFile> Truncated => _truncated;

    /// <inheritdoc />
    public IReadOnlyList<string> Warnings =>
    [
        .. _restarted.Where(path => path != LineFileOptions.StandardInput)
            .Select(path => $"'{path}' has other content than when it was last read, so it was read from its beginning."),
        .. _truncated.Select(file => $"'{file.Path}' became shorter while it was read: it had {file.Length} bytes when it was opened and ended at byte {file.Offset}. What was read before counts."),
        .. _lost,
    ];

    /// <inheritdoc />
    public bool KeepsPartitions => !_options.Follow;

    /// <inheritdoc />
    public bool CanReadAgain => _options.Path != LineFileOptions.StandardInput;

    /// <inheritdoc />
    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _input?.Dispose();
        _input = _options.Path == LineFileOptions.StandardInput
            ? new StreamInput(_options, context, _restarted)
            : _options.Follow ? new FollowInput(_options, context, _lost)
            : new FileInput(_options, context, _restarted, _truncated);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken) =>
        (_input ?? throw new InvalidOperationException($"Source '{Name}' has not been opened.")).ReadAsync(batch, cancellationToken);

    /// <inheritdoc />
    public bool Holds(SourcePosition partition) => _input?.Holds(partition) ?? false;

    /// <inheritdoc />
    public SourcePosition? PartitionAt(int partition) => _input?.PartitionAt(partition);

    /// <inheritdoc />
    public IReadOnlyList<SourcePosition> Positions() => _input?.Positions() ?? [];

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _input?.Dispose();
        return ValueTask.CompletedTask;
    }
}
