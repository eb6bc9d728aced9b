using AkkaPrivacy.Connectors.JsonLines;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Connectors.Csv;

/// <summary>Writes releases as comma-separated values (RFC 4180), one row for each released group, each once.</summary>
/// <remarks>A file is appended to and never rewritten. The first publication reads it, notes the rows that it holds and cuts
/// off a last row that a crash has torn. Standard output gets each row once in each process.</remarks>
public sealed class CsvSink : IReleaseSink
{
    private readonly Func<IReleaseLines> _open;
    private IReleaseLines? _lines;

    private CsvSink(string name, Func<IReleaseLines> open)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, _open) = (name, open);
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>A sink for a path as configuration has it: <c>-</c> is standard output, all else a file, which is created
    /// when it is missing; its directory must exist.</summary>
    /// <param name="path">The path.</param>
    /// <param name="name">The sink's name, unique in the pipeline. Default: <c>csv</c>.</param>
    /// <returns>The sink; it opens the file at its first publication.</returns>
    public static CsvSink To(string path, string name = "csv")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return path == "-"
            ? new CsvSink(name, () => new ReleaseStream(Console.OpenStandardOutput()))
            : new CsvSink(name, () => ReleaseFile.Open(Path.GetFullPath(path), CsvScan.Read));
    }

    /// <summary>A sink that writes to a stream.</summary>
    /// <param name="output">The stream; flushed after each publication, never closed.</param>
    /// <param name="name">The sink's name, unique in the pipeline. Default: <c>csv</c>.</param>
    /// <returns>The sink.</returns>
    public static CsvSink ToStream(Stream output, string name = "csv")
    {
        ArgumentNullException.ThrowIfNull(output);
        return new CsvSink(name, () => new ReleaseStream(output));
    }

    /// <summary>Writes the rows that are not there, in order. When it returns, a file has them on disk.</summary>
    /// <param name="releases">The releases.</param>
    /// <param name="cancellationToken">Cancels before anything is written; a write under way is finished.</param>
    /// <returns>A task that ends when all are there.</returns>
    /// <exception cref="SinkException">The file is no file of releases, cannot be opened or written, or the disk is full.
    /// The message says what the file keeps.</exception>
    public ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(releases);
        cancellationToken.ThrowIfCancellationRequested();
        _lines ??= _open();
        using var unknown = new MemoryStream();
        var rows = new HashSet<string>();
        if (_lines.IsEmpty)
        {
            unknown.Write(CsvRow.Header);
        }

        foreach (var release in releases)
        {
            foreach (var group in release.Groups)
            {
                var row = CsvRow.Identity(release, group);
                if (!_lines.Holds(row) && rows.Add(row))
                {
                    unknown.Write(CsvRow.Write(release, group));
                }
            }
        }

        if (rows.Count > 0)
        {
            _lines.Append(unknown.GetBuffer().AsSpan(0, (int)unknown.Length), rows);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file; a stream stays open.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        _lines?.Dispose();
        _lines = null;
        return ValueTask.CompletedTask;
    }
}
