using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Xunit;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>Keeps what was published, by release id; fails before or after it took a page.</summary>
public sealed class SimSink(SimFaults faults, Dictionary<string, string> published) : IReleaseSink
{
    public string Name => "kept";

    public ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        var fails = faults.Strikes(SimFault.Sink);
        foreach (var release in releases.Take(fails ? releases.Count / 2 : releases.Count))
        {
            var text = Convert.ToHexString(ReleaseJson.ToUtf8(release));
            Assert.Equal(published.GetValueOrDefault(release.Id.ToString(), text), text);
            published[release.Id.ToString()] = text;
        }

        return fails ? throw new SinkException("The simulated sink failed.") : ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
