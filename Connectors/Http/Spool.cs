using System.Globalization;
using System.Security.Cryptography;
using AkkaPrivacy.Engine.Ports;
using Microsoft.Win32.SafeHandles;

namespace AkkaPrivacy.Connectors.Http;

/// <summary>Bytes on disk that are appended at the end and read from a position: files named by the place of their first byte in
/// the whole. One writer and one reader at a time; safe between the two.</summary>
internal sealed class Spool : IDisposable
{
    private const string Suffix = ".rows";
    private const string IdentityFile = "spool.id";
    private readonly string _folder;
    private readonly long _segmentBytes;
    private readonly SortedList<long, string> _segments = [];
    private readonly Lock _lock = new();
    private readonly FileStream _owner;
    private FileStream? _last;
    private SafeFileHandle? _reading;
    private long _readingFrom = -1;
    private long _end;
    private long _released;

    private Spool(string folder, long segmentBytes, FileStream owner, string identity) =>
        (_folder, _segmentBytes, _owner, Identity) = (folder, segmentBytes, owner, identity);

    /// <summary>Tells this spool from any other.</summary>
    public string Identity { get; }

    /// <summary>The place of the first byte that is there.</summary>
    public long Start { get; private set; }

    /// <summary>The place behind the last byte that is on disk.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>Bytes that are not released.</summary>
    public long Held => End - Volatile.Read(ref _released);

    /// <summary>Opens a folder's spool, or makes it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="segmentBytes">Size at which another file is begun.</param>
    /// <returns>The spool.</returns>
    /// <exception cref="SourceException">It cannot be opened, or another process has it.</exception>
    public static Spool Open(string folder, long segmentBytes)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var owner = new FileStream(System.IO.Path.Combine(folder, IdentityFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var spool = new Spool(folder, segmentBytes, owner, ReadIdentity(owner));
            spool.Load();
            return spool;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"The spool in '{folder}' cannot be opened ({exception.GetType().Name}). Check that this process may write there and that no other one uses it.", exception);
        }
    }

    /// <summary>Appends pieces and brings them to disk. Nothing of them is there when it throws.</summary>
    /// <param name="pieces">Each whole lines with their endings.</param>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Append(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        var file = Last();
        var before = file.Position;
        try
        {
            foreach (var piece in pieces)
            {
                file.Write(piece.Span);
            }

            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            file.SetLength(before);
            file.Position = before;
            throw;
        }

        Volatile.Write(ref _end, _end + (file.Position - before));
    }

    /// <summary>Reads what is on disk.</summary>
    /// <param name="position">The place to read from, from <see cref="Start"/> to <see cref="End"/>.</param>
    /// <param name="room">Where to.</param>
    /// <returns>Bytes read; 0 at the end.</returns>
    public int Read(long position, Span<byte> room)
    {
        var end = End;
        if (position >= end)
        {
            return 0;
        }

        var (start, next) = SegmentOf(position);
        if (_readingFrom != start)
        {
            _reading?.Dispose();
            _reading = File.OpenHandle(PathOf(start), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            _readingFrom = start;
        }

        var wanted = (int)Math.Min(room.Length, Math.Min(end, next) - position);
        return RandomAccess.Read(_reading!, room[..wanted], position - start);
    }

    /// <summary>Gives up what stands before a place.</summary>
    /// <param name="position">The place; whole files before it are removed.</param>
    public void Release(long position)
    {
        Volatile.Write(ref _released, Math.Max(_released, position));
        lock (_lock)
        {
            while (_segments.Count > 1 && _segments.GetKeyAtIndex(1) <= position)
            {
                File.Delete(_segments.GetValueAtIndex(0));
                _segments.RemoveAt(0);
                Start = _segments.GetKeyAtIndex(0);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _reading?.Dispose();
        _last?.Dispose();
        _owner.Dispose();
    }

    private static string ReadIdentity(FileStream file)
    {
        using var reader = new StreamReader(file, leaveOpen: true);
        if (reader.ReadToEnd() is { Length: 16 } identity)
        {
            return identity;
        }

        var fresh = RandomNumberGenerator.GetHexString(16, lowercase: true);
        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(fresh));
        file.Flush(flushToDisk: true);
        return fresh;
    }

    private void Load()
    {
        foreach (var path in Directory.GetFiles(_folder, "*" + Suffix))
        {
            if (long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var start))
            {
                _segments.Add(start, path);
            }
        }

        if (_segments.Count == 0)
        {
            return;
        }

        // What stands behind the last line feed was torn by a crash and never answered.
        var last = _segments.GetKeyAtIndex(_segments.Count - 1);
        _last = new FileStream(_segments[last], FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
        _last.SetLength(WholeLines(_last));
        _last.Seek(0, SeekOrigin.End);
        (Start, _end, _released) = (_segments.GetKeyAtIndex(0), last + _last.Length, _segments.GetKeyAtIndex(0));
    }

    private static long WholeLines(FileStream file)
    {
        var buffer = new byte[64 * 1024];
        for (var end = file.Length; end > 0;)
        {
            var start = Math.Max(0, end - buffer.Length);
            file.Position = start;
            file.ReadExactly(buffer, 0, (int)(end - start));
            var feed = buffer.AsSpan(0, (int)(end - start)).LastIndexOf((byte)'\n');
            if (feed >= 0)
            {
                return start + feed + 1;
            }

            end = start;
        }

        return 0;
    }

    private FileStream Last()
    {
        if (_last is null || _last.Position >= _segmentBytes)
        {
            _last?.Dispose();
            var path = PathOf(_end);
            _last = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
            lock (_lock)
            {
                _segments[_end] = path;
            }
        }

        return _last;
    }

    private (long Start, long Next) SegmentOf(long position)
    {
        lock (_lock)
        {
            for (var i = _segments.Count - 1; i >= 0; i--)
            {
                if (_segments.GetKeyAtIndex(i) <= position)
                {
                    return (_segments.GetKeyAtIndex(i), i + 1 < _segments.Count ? _segments.GetKeyAtIndex(i + 1) : long.MaxValue);
                }
            }
        }

        throw new SourceException($"The spool in '{_folder}' begins at byte {Start}; byte {position} was given up before. Start anew, or restore the spool.");
    }

    private string PathOf(long start) => System.IO.Path.Combine(_folder, start.ToString("D20", CultureInfo.InvariantCulture) + Suffix);
}
