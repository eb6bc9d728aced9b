using System.Collections.Concurrent;
using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using Microsoft.Win32.SafeHandles;

namespace AkkaPrivacy.Connectors.Files;

/// <summary>Reads the files of a pattern one after the other.</summary>
internal sealed class FileInput : ILineInput
{
    private const int SmallestRead = 16 * 1024;
    private const int LongestPartitionName = 512;
    private readonly LineFileOptions _options;
    private readonly SourceContext _context;
    private readonly ConcurrentQueue<string> _restarted;
    private readonly ConcurrentQueue<TruncatedFile> _truncated;
    private readonly IReadOnlyList<string> _paths;
    private readonly SourcePosition?[] _positions;
    private int _partition = -1;
    private FileBytes? _file;
    private LineBatcher? _batcher;
    private long _offset;
    private long _lengthAtOpen;
    private long _bytesRead;
    private bool _fileEnded;

    public FileInput(LineFileOptions options, SourceContext context, ConcurrentQueue<string> restarted, ConcurrentQueue<TruncatedFile> truncated)
    {
        (_options, _context, _restarted, _truncated) = (options, context, restarted, truncated);
        _paths = FilePattern.Expand(options.Path);
        _positions = new SourcePosition?[_paths.Count];
        long total = 0;
        for (var i = 0; i < _paths.Count; i++)
        {
            // All files are opened once beforehand, so that what is wrong shows before the first row.
            using var file = Open(_paths[i]);
            var length = Length(file, _paths[i]);
            _positions[i] = FindPosition(_paths[i], file, length);
            total += length;
        }

        TotalBytes = total;
        // Of a compressed file, what was read before is counted when it is decompressed again.
        _bytesRead = _positions.Sum(position => position is not null && CompressionOf(position.Partition) == FileCompression.None ? position.Offset : 0);
    }

    /// <inheritdoc />
    public long? TotalBytes { get; }

    /// <inheritdoc />
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <inheritdoc />
    public int Partitions => _paths.Count;

    /// <inheritdoc />
    public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_file is null && !OpenNext())
        {
            return ValueTask.FromResult(SourceRead.End);
        }

        _batcher!.Begin(batch);
        try
        {
            Fill(_batcher);
        }
        catch (IOException exception)
        {
            _batcher.Finish();
            throw new SourceException($"'{_paths[_partition]}' cannot be read at byte {_offset}: {exception.Message}", exception);
        }

        var rows = _batcher.Finish();
        _positions[_partition] = _positions[_partition]! with { Offset = _batcher.Offset, Line = _batcher.Lines };
        if (rows > 0)
        {
            return ValueTask.FromResult(SourceRead.Rows);
        }

        _file!.Dispose();
        _file = null;
        return ValueTask.FromResult(SourceRead.PartitionEnd);
    }

    /// <inheritdoc />
    public bool Holds(SourcePosition partition)
    {
        if (!_paths.Contains(partition.Partition))
        {
            return false;
        }

        using var file = Open(partition.Partition);
        return Fingerprint.Matches(file, Length(file, partition.Partition), partition.Identity) == true;
    }

    /// <inheritdoc />
    public SourcePosition? PartitionAt(int partition) => _positions[partition];

    /// <inheritdoc />
    public IReadOnlyList<SourcePosition> Positions() => [.. _positions.OfType<SourcePosition>()];

    /// <inheritdoc />
    public void Dispose() => _file?.Dispose();

    private FileCompression CompressionOf(string path) => Decompression.Of(_options.Compression, path);

    /// <summary>Opens a file for reading, beside whoever writes or rotates it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The handle.</returns>
    /// <exception cref="SourceException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (path.Length > LongestPartitionName)
        {
            throw new SourceException($"The path '{path}' has {path.Length} characters; up to {LongestPartitionName} are allowed.");
        }

        try
        {
            // Neither writers nor a log rotation are kept from the file.
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"'{path}' cannot be opened: {exception.Message}", exception);
        }
    }

    /// <summary>The length of a regular file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path.</param>
    /// <returns>Its length.</returns>
    /// <exception cref="SourceException">It is a pipe or a device.</exception>
    public static long Length(SafeFileHandle file, string path)
    {
        try
        {
            return RandomAccess.GetLength(file);
        }
        catch (NotSupportedException exception)
        {
            throw new SourceException($"'{path}' is no regular file; read a pipe as standard input, with '-'.", exception);
        }
    }

    // The position to start from when it is not the beginning.
    private SourcePosition? FindPosition(string path, SafeFileHandle file, long length)
    {
        var position = _context.Resume.FirstOrDefault(position => position.Partition == path);
        if (position is null || (position.Offset == 0 && position.Identity.Length == 0))
        {
            return null;
        }

        var isSame = position.Identity.Length == 0 || (Fingerprint.Matches(file, length, position.Identity) ?? (length < position.Offset));
        if (!isSame)
        {
            if (!_restarted.Contains(path))
            {
                _restarted.Enqueue(path);
            }

            return null;
        }

        return length >= position.Offset || CompressionOf(path) != FileCompression.None
            ? position with { Identity = Fingerprint.Of(file, length) }
            : throw new SourceException(
                $"'{path}' was read up to byte {position.Offset} but now has {length} bytes. Nothing was read; restore the file or start anew.");
    }

    private bool OpenNext()
    {
        if (_partition + 1 >= _paths.Count)
        {
            return false;
        }

        _partition++;
        var path = _paths[_partition];
        var file = Open(path);
        var length = Length(file, path);
        var position = FindPosition(path, file, length) ?? new SourcePosition(path, Fingerprint.Of(file, length), 0, 0);
        _positions[_partition] = position;
        _offset = position.Offset;
        var compression = CompressionOf(path);
        _file = FileBytes.Open(file, path, compression, position.Offset);
        var heading = _options.HasHeading && position.Offset > 0 ? FileHeading.Read(Open(path), path, compression, _options) : default;
        // How many plain bytes a compressed file holds is not known before; a cut one is found by its format.
        _lengthAtOpen = compression == FileCompression.None ? length : 0;
        _fileEnded = false;
        _batcher = new LineBatcher(_partition, _context.DeadLetters, _options.MaxLineBytes, position.Offset, position.Line)
        {
            QuotedRecords = _options.QuotedRecords,
            HasHeading = _options.HasHeading,
            Heading = heading,
        };
        return true;
    }

    private void Fill(LineBatcher batcher)
    {
        while (!batcher.Cut(_fileEnded) && !_fileEnded && (batcher.Rows == 0 || batcher.Wanted > 0))
        {
            var wanted = Math.Max(batcher.Wanted, SmallestRead);
            var count = _file!.Read(batcher.Reserve(wanted)[..wanted], out var stored);
            if (count == 0)
            {
                _fileEnded = true;
                if (_offset < _lengthAtOpen)
                {
                    _truncated.Enqueue(new TruncatedFile(_paths[_partition], _offset, _lengthAtOpen));
                    batcher.DropPending();
                }
            }

            batcher.Advance(count);
            _offset += count;
            Volatile.Write(ref _bytesRead, _bytesRead + stored);
        }
    }
}
