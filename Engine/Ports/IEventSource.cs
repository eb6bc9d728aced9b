using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Engine.Ports;

/// <summary>How far a partition of a source has been read.</summary>
/// <param name="Partition">The partition's stable name (a file's path, a topic and number); 1 to 512 characters.</param>
/// <param name="Identity">Tells whether it is still the same content (a fingerprint of the head); may be empty.</param>
/// <param name="Offset">The next byte or offset to read.</param>
/// <param name="Line">The number of lines or records read so far.</param>
public sealed record SourcePosition(string Partition, string Identity, long Offset, long Line);

/// <summary>What the runtime lends a source.</summary>
public sealed record SourceContext
{
    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where lines go that cannot become rows (too long), with their position.</summary>
    public required Stages.DeadLetters DeadLetters { get; init; }

    /// <summary>Positions of an earlier run; partitions that are not named start at their beginning.</summary>
    public IReadOnlyList<SourcePosition> Resume { get; init; } = [];
}

/// <summary>What a read brought.</summary>
public enum SourceRead
{
    /// <summary>The batch holds rows.</summary>
    Rows,

    /// <summary>Nothing at this moment; the batch is empty. The caller may ask again at once, the source waits by itself.</summary>
    Idle,

    /// <summary>A partition has ended; the batch is empty. Its frontier no longer holds others back.</summary>
    PartitionEnd,

    /// <summary>No more rows will come; the batch is empty.</summary>
    End,
}

/// <summary>A source of events in batches. Called by one reader at a time.</summary>
public interface IEventSource : IAsyncDisposable
{
    /// <summary>The source's name in plans, logs and topology; never a personal value.</summary>
    string Name { get; }

    /// <summary>The columns it fills. Sources of text lines fill <see cref="LineSchema"/>.</summary>
    RowSchema Schema { get; }

    /// <summary>Bytes in all, when known; for progress.</summary>
    long? TotalBytes { get; }

    /// <summary>Bytes read so far; for progress.</summary>
    long BytesRead { get; }

    /// <summary>How many partitions there are; they are numbered from 0.</summary>
    int Partitions { get; }

    /// <summary>Opens the source, at the given positions or at the start.</summary>
    /// <param name="context">Clock, dead letters and the positions to resume from.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A task that ends when the source can be read.</returns>
    /// <exception cref="SourceException">It cannot be opened, or a position lies beyond what is there.</exception>
    ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken);

    /// <summary>Fills a batch: when it is full, or a few milliseconds after its first row.</summary>
    /// <param name="batch">An empty batch; the source sets columns, count, partition and first position.</param>
    /// <param name="cancellationToken">Cancels a wait; rows already in the batch are returned first.</param>
    /// <returns>What the batch holds.</returns>
    /// <exception cref="SourceException">The source failed in the middle; what was read is valid.</exception>
    ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken);

    /// <summary>What the operator should know of the input: a file that shrank, one that was replaced. Names places, never
    /// content. Default: nothing.</summary>
    IReadOnlyList<string> Warnings => [];

    /// <summary>Whether a partition has the same number again when reading goes on at its position. Default: true.</summary>
    bool KeepsPartitions => true;

    /// <summary>Whether a second source of the same node, in the same process, can be opened at a position and reads what came
    /// after it. A stream that is gone once it was read cannot, so a run on it never restarts or reloads. Default: true.</summary>
    bool CanReadAgain => true;

    /// <summary>The name and identity of a partition that rows have come from, for whoever notes places of rows. Called by the
    /// reader between reads.</summary>
    /// <param name="partition">The partition's number.</param>
    /// <returns>The partition; null when its rows cannot be found again by their positions. Default: null.</returns>
    SourcePosition? PartitionAt(int partition) => null;

    /// <summary>Whether a partition can be read from its start and still has the content that it had, for a replay of single
    /// rows. Asked once the source is open.</summary>
    /// <param name="partition">Its name and identity.</param>
    /// <returns>False also when it cannot be told. Default: false.</returns>
    bool Holds(SourcePosition partition) => false;

    /// <summary>Where the reader is, after the last batch that was returned. Called at each barrier. Reads may follow before these
    /// positions are stored; when it is called again, those of the call before have been.</summary>
    /// <returns>One position a partition that was read from.</returns>
    IReadOnlyList<SourcePosition> Positions();
}

/// <summary>Columns of sources of text lines.</summary>
public static class LineSchema
{
    /// <summary>Name of the column that holds the line, without its line ending.</summary>
    public const string Line = "$line";

    /// <summary>The line's slot.</summary>
    public const int LineSlot = 2;

    /// <summary>Event time and arrival (not set yet) and the line.</summary>
    public static RowSchema Instance { get; } =
        RowSchema.Empty.Add(new ColumnDefinition(Line, ColumnType.Text, FieldClass.DirectIdentifier) { IsRaw = true });
}

/// <summary>A source cannot be opened or read. The message names it and says what was kept.</summary>
/// <param name="message">What happened and where.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class SourceException(string message, Exception? inner = null) : Exception(message, inner);
