using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using Microsoft.Win32.SafeHandles;

namespace AkkaPrivacy.Connectors.Files.Follow;

/// <summary>A file that is read while it grows. The handle stays on the same file when that is renamed.</summary>
internal sealed class FollowedFile : IDisposable
{
    private const int SmallestRead = 16 * 1024;
    private readonly SafeFileHandle _file;
    private readonly LineFileOptions _options;
    private readonly SourceContext _context;
    private LineBatcher _batcher;
    private string _identity;
    private long _identityLength;
    private long _offset;

    private FollowedFile(string path, SafeFileHandle file, SourcePosition position, int partition, LineFileOptions options, SourceContext context)
    {
        (Path, _file, _options, _context, Partition) = (path, file, options, context, partition);
        _identity = position.Identity;
        _identityLength = Fingerprint.LengthOf(_identity);
        _batcher = NewBatcher(position.Offset, position.Line);
        _offset = position.Offset;
    }

    /// <summary>Where it is, or was last.</summary>
    public string Path { get; set; }

    /// <summary>The number of its partition; a file that was silent goes on under a new one.</summary>
    public int Partition { get; private set; }

    /// <summary>When it was last seen to have grown, by the clock's timestamps; null for never.</summary>
    public long? Grown { get; private set; }

    /// <summary>Whether its path leads to another file, or nowhere.</summary>
    public bool IsLeft { get; set; }

    /// <summary>Whether its partition has ended because nothing came.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Bytes read.</summary>
    public long Offset => _offset;

    /// <summary>Its length at this moment.</summary>
    public long Length => RandomAccess.GetLength(_file);

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="position">Where to start; null for its beginning.</param>
    /// <param name="partition">The number of its partition.</param>
    /// <param name="options">How to read.</param>
    /// <param name="context">Clock and dead letters.</param>
    /// <returns>The file.</returns>
    /// <exception cref="SourceException">It cannot be opened.</exception>
    public static FollowedFile Open(string path, SourcePosition? position, int partition, LineFileOptions options, SourceContext context)
    {
        var file = FileInput.Open(path);
        try
        {
            position ??= new SourcePosition(path, Fingerprint.Of(file, FileInput.Length(file, path)), 0, 0);
            return new FollowedFile(path, file, position, partition, options, context);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a path leads to a file that begins as this one does.</summary>
    /// <param name="path">The path.</param>
    /// <param name="other">A handle of the file there.</param>
    /// <returns>True when it does. An empty file is the same as an empty one at its own path.</returns>
    public bool IsSame(string path, SafeFileHandle other)
    {
        RefreshIdentity();
        var length = RandomAccess.GetLength(other);
        return _identityLength == 0 ? path == Path && length == 0 : Fingerprint.Matches(other, length, _identity) == true;
    }

    /// <summary>Where reading stands.</summary>
    /// <returns>The position, before a line that is not complete.</returns>
    public SourcePosition Position()
    {
        RefreshIdentity();
        return new SourcePosition(Path, _identity, _batcher.Offset, _batcher.Lines);
    }

    /// <summary>Fills a batch with what the file has grown by.</summary>
    /// <param name="batch">An empty batch.</param>
    /// <param name="isEnd">Whether the incomplete last line is the last one.</param>
    /// <returns>Rows.</returns>
    public int Read(EventBatch batch, bool isEnd = false)
    {
        _batcher.Begin(batch);
        var ended = false;
        while (!_batcher.Cut(isEnd && ended) && !ended && (_batcher.Rows == 0 || _batcher.Wanted > 0))
        {
            var wanted = Math.Max(_batcher.Wanted, SmallestRead);
            var count = RandomAccess.Read(_file, _batcher.Reserve(wanted)[..wanted], _offset);
            _batcher.Advance(count);
            _offset += count;
            ended = count == 0;
            Grown = count > 0 ? _context.Time.GetTimestamp() : Grown;
        }

        return _batcher.Finish();
    }

    /// <summary>Ends its partition.</summary>
    public void FallSilent() => IsSilent = true;

    /// <summary>Goes on under a new partition.</summary>
    /// <param name="partition">Its number.</param>
    public void Wake(int partition)
    {
        (Partition, IsSilent) = (partition, false);
        // What was read of an incomplete line is read again.
        _batcher = NewBatcher(_batcher.Offset, _batcher.Lines);
        _offset = _batcher.Offset;
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    // A head that was short when the file was opened says more once it has grown.
    private void RefreshIdentity()
    {
        var length = Math.Min(Fingerprint.HeadBytes, Length);
        if (length > _identityLength && Length >= _offset)
        {
            (_identity, _identityLength) = (Fingerprint.Of(_file, length), length);
        }
    }

    private LineBatcher NewBatcher(long offset, long lines) => new(Partition, _context.DeadLetters, _options.MaxLineBytes, offset, lines)
    {
        QuotedRecords = _options.QuotedRecords,
        HasHeading = _options.HasHeading,
        Heading = _options.HasHeading && offset > 0 ? FileHeading.Read(_file, _options) : default,
    };
}
