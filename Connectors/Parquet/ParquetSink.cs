using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Connectors.Parquet;

/// <summary>Writes each release as a Parquet file of its own into a folder, one row for each released group.</summary>
/// <remarks>A file gets its name when it is whole and on disk, and the name is made of the release id: publishing again finds it
/// there. A release without groups leaves no file.</remarks>
public sealed class ParquetSink : IReleaseSink
{
    private readonly string _folder;
    private bool _isSwept;

    /// <summary>A sink for a folder.</summary>
    /// <param name="folder">The folder; made at the first publication when it is missing.</param>
    /// <param name="name">The sink's name, unique in the pipeline. Default: <c>parquet</c>.</param>
    /// <exception cref="ArgumentException">Folder or name is empty.</exception>
    public ParquetSink(string folder, string name = "parquet")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        (_folder, Name) = (Path.GetFullPath(folder), name);
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>Writes the files that are not there, in order. When it returns, they are on disk.</summary>
    /// <param name="releases">The releases.</param>
    /// <param name="cancellationToken">Cancels between two files.</param>
    /// <returns>A task that ends when all are there.</returns>
    /// <exception cref="SinkException">The folder cannot be written to, or the disk is full. Files that are there are whole.</exception>
    public async ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(releases);
        try
        {
            Sweep();
            foreach (var release in releases.Where(release => release.Groups.Count > 0))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await WriteAsync(release).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SinkException($"Folder '{_folder}' cannot be written to ({failure.GetType().Name}). The files that it holds are whole; all releases are kept in the store, and the next run publishes those that are missing here.", failure);
        }
        catch (OverflowException failure)
        {
            throw new SinkException($"A value of a release has more than {ReleaseFile.Digits} digits, which the files in '{_folder}' cannot hold. All releases are kept in the store.", failure);
        }
    }

    /// <summary>Nothing is held open.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // What a crash left behind never had its name.
    private void Sweep()
    {
        if (_isSwept)
        {
            return;
        }

        Directory.CreateDirectory(_folder);
        foreach (var torn in Directory.GetFiles(_folder, "*" + ReleaseFile.UnfinishedSuffix))
        {
            File.Delete(torn);
        }

        _isSwept = true;
    }

    private async ValueTask WriteAsync(Release release)
    {
        var path = Path.Combine(_folder, ReleaseFile.NameOf(release.Id));
        if (File.Exists(path))
        {
            return;
        }

        var unfinished = path + ReleaseFile.UnfinishedSuffix;
        var file = new FileStream(unfinished, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await using (file.ConfigureAwait(false))
        {
            await ReleaseFile.WriteAsync(release, file).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
