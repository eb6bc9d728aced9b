using System.Buffers;
using System.Text.Json;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Connectors.SideOutputs;

/// <summary>Appends the places of rows that were left out to a file, one JSON object a line. Never a value. The folder's README
/// describes the lines.</summary>
/// <remarks>Safe for concurrent use. A file that cannot be written any more (a full disk) ends with a note: the run, its counts
/// and its releases do not depend on it.</remarks>
public sealed class SideOutputFile : ISideOutput, IDisposable
{
    private const int BufferBytes = 64 * 1024;
    private readonly SideOutputFileOptions _options;
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(BufferBytes + 4096);
    private readonly Utf8JsonWriter _json;
    private readonly SortedDictionary<DeadLetterReason, long> _leftOff = [];
    private readonly Lock _gate = new();
    private long _lines;
    private long _lastRun;
    private bool _isDirty;
    private bool _disposed;

    private SideOutputFile(SideOutputFileOptions options, FileStream file)
    {
        (_options, _file) = (options, file);
        _json = new Utf8JsonWriter(_buffer);
    }

    /// <summary>The file's path.</summary>
    public string Path => _options.Path;

    /// <summary>Lines written so far.</summary>
    public long Lines
    {
        get
        {
            lock (_gate)
            {
                return _lines;
            }
        }
    }

    /// <summary>Places beyond <see cref="SideOutputFileOptions.MaxLines"/>, which were left off.</summary>
    public long LeftOff
    {
        get
        {
            lock (_gate)
            {
                return _leftOff.Values.Sum();
            }
        }
    }

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Note { get; private set; }

    /// <summary>Opens a file; a missing one is made. A torn last line of a process that was killed is closed.</summary>
    /// <param name="options">Which file.</param>
    /// <returns>The file.</returns>
    /// <exception cref="SideOutputException">It cannot be opened.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    public static SideOutputFile Open(SideOutputFileOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxLines, 1, nameof(options));
        try
        {
            var file = new FileStream(options.Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
            if (file.CanSeek && file.Seek(0, SeekOrigin.End) > 0)
            {
                file.Seek(-1, SeekOrigin.End);
                if (file.ReadByte() != '\n')
                {
                    file.WriteByte((byte)'\n');
                }
            }

            return new SideOutputFile(options, file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SideOutputException($"The file '{options.Path}' of a side output cannot be written ({exception.GetType().Name}). Nothing was read or spent; make it writable, or leave the output out.");
        }
    }

    /// <inheritdoc />
    public void Add(in DeadLetter letter)
    {
        lock (_gate)
        {
            if (Note is not null || _disposed)
            {
                return;
            }

            _lastRun = letter.Run;
            if (_lines >= _options.MaxLines)
            {
                _leftOff[letter.Reason] = _leftOff.GetValueOrDefault(letter.Reason) + 1;
                return;
            }

            SideOutputLine.Write(_json, letter);
            End();
            _lines++;
            if (_buffer.WrittenCount >= BufferBytes)
            {
                Write(toDisk: false);
            }
        }
    }

    /// <inheritdoc />
    public void Flush()
    {
        lock (_gate)
        {
            if (_isDirty && !_disposed)
            {
                Write(toDisk: true);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            if (_leftOff.Count > 0 && Note is null)
            {
                SideOutputLine.WriteLeftOff(_json, _lastRun, _leftOff);
                End();
            }

            Write(toDisk: _isDirty);
            _disposed = true;
            _json.Dispose();
            _file.Dispose();
        }
    }

    private void End()
    {
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
        _isDirty = true;
    }

    private void Write(bool toDisk)
    {
        try
        {
            if (Note is null)
            {
                _file.Write(_buffer.WrittenSpan);
                if (toDisk)
                {
                    _file.Flush(flushToDisk: true);
                    _isDirty = false;
                }
            }
        }
        catch (IOException exception)
        {
            Note ??= $"the file '{_options.Path}' of a side output could not be written to its end ({exception.GetType().Name}); the counts are complete";
        }

        _buffer.ResetWrittenCount();
    }
}
