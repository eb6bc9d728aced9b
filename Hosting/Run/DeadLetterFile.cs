using System.Text.Json;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Appends dead letters to a file, one JSON object a line: reason, partition, position, field. Never a value.</summary>
/// <remarks>Safe for concurrent use. A file that cannot be written any more (a full disk) ends with a note: the run, its counts
/// and its releases do not depend on it.</remarks>
internal sealed class DeadLetterFile : IDisposable
{
    private readonly string _path;
    private readonly StreamWriter _writer;
    private readonly Lock _gate = new();
    private bool _disposed;

    private DeadLetterFile(string path, StreamWriter writer) => (_path, _writer) = (path, writer);

    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Note { get; private set; }

    /// <summary>Opens a file; a missing one is made.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The file.</returns>
    /// <exception cref="DeadLetterFileException">It cannot be opened.</exception>
    public static DeadLetterFile Open(string path)
    {
        try
        {
            return new DeadLetterFile(path, new StreamWriter(path, append: true));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DeadLetterFileException($"The file of dead letters '{path}' cannot be written ({exception.GetType().Name}). Nothing was read or spent; make it writable, or leave out pipeline.dead-letters.");
        }
    }

    /// <summary>Adds a dead letter.</summary>
    /// <param name="letter">The letter.</param>
    public void Add(DeadLetter letter)
    {
        var line = $$"""{"reason":"{{JsonNamingPolicy.SnakeCaseLower.ConvertName(letter.Reason.ToString())}}","partition":{{letter.Partition}},"position":{{letter.Position}},"field":{{JsonSerializer.Serialize(letter.Field)}}}""";
        Write(() => _writer.WriteLine(line));
    }

    /// <summary>Writes what is still in memory.</summary>
    public void Flush() => Write(_writer.Flush);

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            try
            {
                _writer.Dispose();
            }
            catch (IOException exception)
            {
                Fail(exception);
            }
        }
    }

    private void Write(Action write)
    {
        lock (_gate)
        {
            if (Note is not null || _disposed)
            {
                return;
            }

            try
            {
                write();
            }
            catch (IOException exception)
            {
                Fail(exception);
            }
        }
    }

    private void Fail(IOException exception) =>
        Note ??= $"the file of dead letters '{_path}' could not be written to its end ({exception.GetType().Name}); the counts are complete";
}

/// <summary>The file of dead letters cannot be opened.</summary>
/// <param name="message">What is wrong and what to do.</param>
internal sealed class DeadLetterFileException(string message) : Exception(message);
