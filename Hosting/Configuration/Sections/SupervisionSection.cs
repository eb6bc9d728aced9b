using System.Collections.Immutable;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.supervision</c>: what happens when a stage, the source or a sink fails.</summary>
internal static class SupervisionSection
{
    private static readonly Rule<OnError> Choice = Rules.Choice(("stop", OnError.Stop), ("resume", OnError.Resume), ("restart", OnError.Restart));
    private static readonly Rule<TimeSpan> Within = Rules.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "from 1s to 1d");
    private static readonly Rule<TimeSpan> Backoff = Rules.Duration(TimeSpan.Zero, TimeSpan.FromHours(1), "from 0s to 1h");

    public static ImmutableSortedDictionary<string, SupervisionPolicy> Read(Section pipeline) =>
        pipeline.Children("supervision").ToImmutableSortedDictionary(section => section.Name, Policy, StringComparer.Ordinal);

    private static SupervisionPolicy Policy(Section section)
    {
        var policy = new SupervisionPolicy
        {
            OnError = section.Get("on-error", Choice, "stop"),
            MaxRestarts = section.Get("max-restarts", Rules.Integer(1, 1000), "5"),
            Within = section.Get("within", Within, "10m"),
            MinBackoff = section.Get("min-backoff", Backoff, "1s"),
            MaxBackoff = section.Get("max-backoff", Backoff, "1m"),
            Origin = section.Place,
        };
        section.Done();
        return policy;
    }
}
