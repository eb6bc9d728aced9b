using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Tests.Docs.Examples;

// <own-sink>
/// <summary>Keeps published releases in memory, say for a web page. After a crash the last ones come again under the same
/// id, so each replaces what is there.</summary>
public sealed class LatestValues : IReleaseSink
{
    private readonly ConcurrentDictionary<string, Release> _byId = new();

    public string Name => "latest-values";

    public IReadOnlyCollection<Release> Releases => [.. _byId.Values];

    public ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        foreach (var release in releases)
        {
            _byId[release.Id.ToString()] = release;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
// </own-sink>
