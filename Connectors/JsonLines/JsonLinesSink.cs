using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Connectors.JsonLines;

/// <summary>Writes releases as lines of JSON (<see cref="ReleaseJson"/>), each release once.</summary>
/// <remarks>
/// A file is appended to and never rewritten: a release does not change once it is stored, so replacing what is there
/// under the same id comes down to leaving it. The first publication reads the file, notes the ids that it holds and
/// cuts off a last line that a crash has torn. A stream cannot be read back, so on standard output a release is written
/// once in each process.
/// </remarks>
public sealed class JsonLinesSink : IReleaseSink
{
    private readonly Func<IReleaseLines> _open;
    private IReleaseLines? _lines;

    private JsonLinesSink(string name, Func<IReleaseLines> open)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (Name, _open) = (name, open);
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>A sink that appends to a file, which it creates when it is missing.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <param name="name">The sink's name, unique in the pipeline. Default: <c>json-lines</c>.</param>
    /// <returns>The sink; it opens the file at its first publication.</returns>
    public static JsonLinesSink ToFile(string path, string name = "json-lines")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = Path.GetFullPath(path);
        return new JsonLinesSink(name, () => ReleaseFile.Open(full, ReleaseScan.Read));
    }

    /// <summary>A sink that writes to a stream, for example standard output.</summary>
    /// <param name="output">The stream; flushed after each publication, never closed.</param>
    /// <param name="name">The sink's name, unique in the pipeline. Default: <c>json-lines</c>.</param>
    /// <returns>The sink.</returns>
    public static JsonLinesSink ToStream(Stream output, string name = "json-lines")
    {
        ArgumentNullException.ThrowIfNull(output);
        return new JsonLinesSink(name, () => new ReleaseStream(output));
    }

    /// <summary>A sink for a path as configuration has it: <c>-</c> is standard output, all else a file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="name">The sink's name, unique in the pipeline. Default: <c>json-lines</c>.</param>
    /// <returns>The sink.</returns>
    public static JsonLinesSink To(string path, string name = "json-lines") =>
        path == "-" ? new JsonLinesSink(name, () => new ReleaseStream(Console.OpenStandardOutput())) : ToFile(path, name);

    /// <summary>Writes the releases that are not there, in order. When it returns, a file has them on disk.</summary>
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
        var ids = new HashSet<string>();
        foreach (var release in releases)
        {
            var id = release.Id.ToString();
            if (!_lines.Holds(id) && ids.Add(id))
            {
                unknown.Write(ReleaseJson.ToUtf8(release));
                unknown.WriteByte((byte)'\n');
            }
        }

        if (ids.Count > 0)
        {
            _lines.Append(unknown.GetBuffer().AsSpan(0, (int)unknown.Length), ids);
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
