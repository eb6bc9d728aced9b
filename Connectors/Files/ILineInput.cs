using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Connectors.Files;

/// <summary>The part of a <see cref="LineFileSource"/> that reads: files one after the other, or a stream.</summary>
internal interface ILineInput : IDisposable
{
    /// <summary>Bytes in all, or null.</summary>
    long? TotalBytes { get; }

    /// <summary>Bytes read so far.</summary>
    long BytesRead { get; }

    /// <summary>Number of partitions.</summary>
    int Partitions { get; }

    /// <summary>Fills a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Cancels a wait.</param>
    /// <returns>What it holds.</returns>
    ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken);

    /// <summary>A partition's name and identity.</summary>
    /// <param name="partition">Its number.</param>
    /// <returns>The partition; null when its lines cannot be found again.</returns>
    SourcePosition? PartitionAt(int partition) => null;

    /// <summary>Whether a partition can be read from its start and has the content of an identity.</summary>
    /// <param name="partition">Its name and identity.</param>
    /// <returns>False also when it cannot be told.</returns>
    bool Holds(SourcePosition partition) => false;

    /// <summary>Where the reader is.</summary>
    /// <returns>The positions that are known.</returns>
    IReadOnlyList<SourcePosition> Positions();
}
