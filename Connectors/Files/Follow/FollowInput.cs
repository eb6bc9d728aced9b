using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Connectors.Files.Follow;

/// <summary>Reads the files of a pattern as they grow, are rotated and come anew. It never ends by itself.</summary>
internal sealed class FollowInput : ILineInput
{
    private readonly LineFileOptions _options;
    private readonly SourceContext _context;
    private readonly ConcurrentQueue<string> _lost;
    private readonly List<FollowedFile> _files = [];
    private readonly Queue<int> _ended = new();
    private readonly long _opened;
    private int _partitions;
    private int _turn;
    private long _bytesRead;
    private long? _lastScan;

    public FollowInput(LineFileOptions options, SourceContext context, ConcurrentQueue<string> lost)
    {
        (_options, _context, _lost, _opened) = (options, context, lost, context.Time.GetTimestamp());
        Resume();
        Scan();
    }

    /// <inheritdoc />
    public long? TotalBytes => null;

    /// <inheritdoc />
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <inheritdoc />
    public int Partitions => Volatile.Read(ref _partitions);

    /// <inheritdoc />
    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (TryRead(batch))
            {
                return SourceRead.Rows;
            }

            if (_lastScan is not { } last || _context.Time.GetElapsedTime(last) >= _options.Poll)
            {
                Scan();
                if (TryRead(batch))
                {
                    return SourceRead.Rows;
                }
            }

            if (TryEnd(batch, out var read))
            {
                return read;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"A file of '{_options.Path}' cannot be read ({exception.GetType().Name}). What was read before is valid.", exception);
        }

        await Task.Delay(_options.Poll, _context.Time, cancellationToken).ConfigureAwait(false);
        batch.Partition = NextIdle();
        return SourceRead.Idle;
    }

    /// <inheritdoc />
    public SourcePosition? PartitionAt(int partition) => _files.FirstOrDefault(file => file.Partition == partition)?.Position();

    /// <inheritdoc />
    public IReadOnlyList<SourcePosition> Positions() => [.. _files.Select(file => file.Position())];

    /// <inheritdoc />
    public void Dispose() => _files.ForEach(file => file.Dispose());

    // Each file in turn, so that one that grows without pause does not keep the others waiting.
    private bool TryRead(EventBatch batch)
    {
        for (var i = 0; i < _files.Count; i++)
        {
            var file = _files[_turn = (_turn + 1) % _files.Count];
            if (file.Length > file.Offset)
            {
                if (file.IsSilent)
                {
                    file.Wake(_partitions++);
                }

                var before = file.Offset;
                var rows = file.Read(batch);
                Volatile.Write(ref _bytesRead, _bytesRead + file.Offset - before);
                if (rows > 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    // A partition ends when its file has been at its end for a while, and either was rotated away or is behind another one
    // that still grows. Then it holds no window open any more.
    private bool TryEnd(EventBatch batch, out SourceRead read)
    {
        read = SourceRead.PartitionEnd;
        foreach (var file in _files.Where(file => !file.IsSilent && IsQuiet(file)).ToList())
        {
            if (file.IsLeft && file.Read(batch, isEnd: true) > 0)
            {
                read = SourceRead.Rows;
                return true;
            }

            if (file.IsLeft || _files.Any(other => !other.IsSilent && other != file && other.Grown is { } grown && grown > (file.Grown ?? long.MinValue)))
            {
                file.FallSilent();
                _ended.Enqueue(file.Partition);
            }
        }

        foreach (var gone in _files.Where(file => file.IsLeft && file.IsSilent && file.Length <= file.Offset).ToList())
        {
            _files.Remove(gone);
            gone.Dispose();
        }

        if (_ended.TryDequeue(out var partition))
        {
            batch.Partition = partition;
            return true;
        }

        return false;
    }

    private bool IsQuiet(FollowedFile file) => _context.Time.GetElapsedTime(file.Grown ?? _opened) >= _options.QuietAfter;

    private int NextIdle()
    {
        var live = _files.Where(file => !file.IsSilent).ToList();
        return live.Count == 0 ? 0 : live[_turn++ % live.Count].Partition;
    }

    // Looks for files that are new, were cut to be written anew, or were put in the place of others.
    private void Scan()
    {
        _lastScan = _context.Time.GetTimestamp();
        var paths = RotatedFiles.Plain(FilePattern.Find(_options.Path), _options).ToList();
        foreach (var file in _files.Where(file => file.Length < file.Offset).ToList())
        {
            Truncated(file);
        }

        foreach (var path in paths)
        {
            Look(path);
        }

        foreach (var file in _files.Where(file => !paths.Contains(file.Path)))
        {
            file.IsLeft = true;
        }
    }

    private void Look(string path)
    {
        using var handle = RotatedFiles.TryOpen(path);
        // It was there a moment ago; the next scan sees what came of it.
        if (handle is null)
        {
            return;
        }

        if (_files.FirstOrDefault(file => file.IsSame(path, handle)) is { } known)
        {
            if (known.Path != path && !LeadsTo(known))
            {
                // It was renamed within the pattern.
                (known.Path, known.IsLeft) = (path, false);
            }

            return;
        }

        foreach (var file in _files.Where(file => file.Path == path))
        {
            file.IsLeft = true;
        }

        _files.Add(FollowedFile.Open(path, null, _partitions++, _options, _context));
    }

    private static bool LeadsTo(FollowedFile file)
    {
        using var handle = RotatedFiles.TryOpen(file.Path);
        return handle is not null && file.IsSame(file.Path, handle);
    }

    // What was not read before the cut may stand in the copy that was made of it.
    private void Truncated(FollowedFile file)
    {
        var position = file.Position();
        _files.Remove(file);
        _ended.Enqueue(file.Partition);
        file.Dispose();
        if (RotatedFiles.Find(file.Path, position) is { } copy)
        {
            Add(copy, position);
        }
        else
        {
            _lost.Enqueue($"'{file.Path}' was cut while it was followed, and no copy of it was found beside it: what was written behind byte {position.Offset} before the cut was not read.");
        }
    }

    private void Resume()
    {
        foreach (var position in _context.Resume.Where(position => position.Identity.Length > 0 && position.Line + position.Offset > 0))
        {
            if (RotatedFiles.Find(position.Partition, position) is { } path)
            {
                Add(path, position);
            }
            else
            {
                _lost.Enqueue($"'{position.Partition}' as it was last read is not there any more, nor renamed beside it: what was written behind its byte {position.Offset} was not read.");
            }
        }
    }

    private void Add(string path, SourcePosition position) => _files.Add(
        FollowedFile.Open(path, position, _partitions++, _options, _context));
}
