using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Connectors.JsonLines;

/// <summary>Lines of releases on a stream that cannot be read back.</summary>
internal sealed class ReleaseStream(Stream output) : IReleaseLines
{
    private readonly HashSet<string> _ids = [];

    public bool IsEmpty => _ids.Count == 0;

    public bool Holds(string id) => _ids.Contains(id);

    public void Append(ReadOnlySpan<byte> lines, IReadOnlyCollection<string> ids)
    {
        try
        {
            output.Write(lines);
            output.Flush();
            _ids.UnionWith(ids);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            throw new SinkException($"Releases cannot be written to the output ({failure.GetType().Name}); what was written before stands. All releases stay in the store.", failure);
        }
    }

    public void Dispose()
    {
        // The stream belongs to the caller.
    }
}
