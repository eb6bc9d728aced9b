using System.Collections;
using AkkaPrivacy.Connectors.SideOutputs;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Hosting.Configuration.Options;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>The files of a run's side outputs, with their names.</summary>
internal sealed class SideOutputFiles : IReadOnlyCollection<(string Name, SideOutputFile File)>, IDisposable
{
    private readonly List<(SideOutputOptions Options, SideOutputFile File)> _files = [];

    /// <inheritdoc />
    public int Count => _files.Count;

    /// <summary>The outputs for a plan.</summary>
    public IReadOnlyList<SideOutput> Outputs => [.. _files.Select(file => new SideOutput(file.File, file.Options.Reasons))];

    /// <summary>Opens all of them or none.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <returns>The files.</returns>
    /// <exception cref="SideOutputException">One cannot be opened.</exception>
    public static SideOutputFiles Open(IReadOnlyList<SideOutputOptions> outputs)
    {
        var files = new SideOutputFiles();
        try
        {
            foreach (var output in outputs)
            {
                files._files.Add((output, SideOutputFile.Open(output.File)));
            }

            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public IEnumerator<(string Name, SideOutputFile File)> GetEnumerator() => _files.Select(file => (file.Options.Name, file.File)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc />
    public void Dispose() => _files.ForEach(file => file.File.Dispose());
}
