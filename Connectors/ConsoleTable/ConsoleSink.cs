using System.Globalization;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Connectors.ConsoleTable;

/// <summary>Prints releases as lines of a plain table, one line for each group.</summary>
/// <remarks>Nothing can be taken back on a console: after a crash the last releases are printed again. Within a process
/// each is printed once. The writer is not closed.</remarks>
public sealed class ConsoleSink : IReleaseSink
{
    private const string Header = "window start          window end            query                     group                             value  interval";
    private readonly TextWriter _output;
    private readonly HashSet<string> _printed = [];

    /// <summary>A sink that prints to a writer.</summary>
    /// <param name="output">Where to print; flushed after each publication, never closed.</param>
    /// <param name="name">The sink's name, unique in the pipeline. Default: <c>console</c>.</param>
    public ConsoleSink(TextWriter output, string name = "console")
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (_output, Name) = (output, name);
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>Prints the releases that this sink has not printed, and flushes the writer.</summary>
    /// <param name="releases">The releases.</param>
    /// <param name="cancellationToken">Cancels between releases.</param>
    /// <returns>A task that ends when all are printed.</returns>
    /// <exception cref="SinkException">The writer failed.</exception>
    public async ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(releases);
        try
        {
            foreach (var release in releases)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var id = release.Id.ToString();
                if (_printed.Contains(id))
                {
                    continue;
                }

                await PrintAsync(release).ConfigureAwait(false);
                _printed.Add(id);
            }

            await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            throw new SinkException($"Sink '{Name}': the console cannot be written to ({failure.GetType().Name}). The releases stay in the store.", failure);
        }
    }

    /// <summary>Does nothing: the writer belongs to the caller.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask PrintAsync(Release release)
    {
        if (_printed.Count == 0)
        {
            await _output.WriteLineAsync(Header).ConfigureAwait(false);
        }

        foreach (var group in release.Groups)
        {
            await _output.WriteLineAsync(Line(release, group)).ConfigureAwait(false);
        }
    }

    private static string Line(Release release, ReleasedGroup group) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Instant(release.Id.Window.Start)}  {Instant(release.Id.Window.End)}  {release.Id.Query,-24}  {GroupText.Of(group.Key),-24}  {group.Value,12}  [{group.Low}, {group.High}]");

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
