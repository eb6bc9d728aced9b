using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Connectors.JsonLines;

/// <summary>A file of lines of releases. Only whole lines stay in it.</summary>
internal sealed class ReleaseFile : IReleaseLines
{
    private const string KeptInStore = "All releases are kept in the store; the next run publishes those that are missing here.";
    private readonly FileStream _file;
    private readonly HashSet<string> _ids;

    private ReleaseFile(FileStream file, HashSet<string> ids) => (_file, _ids) = (file, ids);

    public bool IsEmpty => _file.Position == 0;

    /// <summary>Opens a file or creates it, reads its ids and cuts off a torn last line.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="read">Reads what the file holds; a <see cref="FormatException"/> says that it is something else.</param>
    /// <exception cref="SinkException">It cannot be opened or is something else; it was not touched.</exception>
    public static ReleaseFile Open(string path, Func<Stream, ReleaseScan> read)
    {
        var file = OpenFile(path);
        try
        {
            var scan = read(file);
            if (scan.MissesLineEnd)
            {
                file.Position = scan.Length;
                file.Write("\n"u8);
                file.Flush(flushToDisk: true);
            }
            else
            {
                file.SetLength(scan.Length);
                file.Position = scan.Length;
            }

            return new ReleaseFile(file, scan.Ids);
        }
        catch (Exception failure) when (failure is IOException or FormatException)
        {
            file.Dispose();
            throw failure is FormatException
                ? new SinkException($"File '{path}' is no file of releases: {failure.Message}. It was not touched; name another path.", failure)
                : new SinkException($"File '{path}' cannot be read ({failure.GetType().Name}). It keeps what it has. {KeptInStore}", failure);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool Holds(string id) => _ids.Contains(id);

    public void Append(ReadOnlySpan<byte> lines, IReadOnlyCollection<string> ids)
    {
        var before = _file.Position;
        if (RandomAccess.GetLength(_file.SafeFileHandle) != before)
        {
            // Writing on at the old place would tear what the other has written.
            throw new SinkException($"File '{_file.Name}' was changed by another process since it was opened here. It was not touched. {KeptInStore}");
        }

        try
        {
            _file.Write(lines);
            _file.Flush(flushToDisk: true);
            _ids.UnionWith(ids);
        }
        catch (IOException failure)
        {
            throw new SinkException($"File '{_file.Name}' cannot be written to ({failure.GetType().Name}: {Reason(failure)}). It keeps what it had before{CutBack(before)}. {KeptInStore}", failure);
        }
    }

    public void Dispose() => _file.Dispose();

    // Unbuffered, so that Flush means fsync alone and a failed write leaves nothing behind that Dispose would try again.
    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SinkException($"File '{path}' cannot be opened for writing ({failure.GetType().Name}). Check that directory '{Path.GetDirectoryName(path)}' exists, that this process may write there and that no other process appends to the file. {KeptInStore}", failure);
        }
    }

    private static string Reason(IOException failure)
    {
        const int EndOfSpaceUnix = 28;
        const int EndOfSpaceWindows = unchecked((int)0x80070070);
        return failure.HResult is EndOfSpaceUnix or EndOfSpaceWindows ? "no space left on the disk" : $"code {failure.HResult}";
    }

    private string CutBack(long length)
    {
        try
        {
            _file.SetLength(length);
            _file.Position = length;
            return "";
        }
        catch (IOException)
        {
            return " and a torn last line, which the next run cuts off";
        }
    }
}
