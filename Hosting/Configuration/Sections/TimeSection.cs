using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.time</c>.</summary>
internal static class TimeSection
{
    private static readonly Rule<ArrivalMode> Arrival = Rules.Choice(
        ("event-time", ArrivalMode.EventTime), ("field", ArrivalMode.Field), ("ingest", ArrivalMode.Ingest));

    private static readonly Rule<TimeSpan> UpToAWeek = Rules.Duration(TimeSpan.Zero, TimeSpan.FromDays(7), "from 0 to 7d");

    private static readonly Rule<TimeSpan> IdleTimeout = Rules.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), "from 1s to 7d");

    public static PipelineSettings Read(Section section, PipelineSettings settings)
    {
        var read = settings with
        {
            Arrival = section.TryGet("arrival", Arrival, out var arrival) ? arrival : null,
            AllowedLateness = section.Get("allowed-lateness", UpToAWeek, "10m"),
            AllowedSkew = section.Get("allowed-skew", UpToAWeek, "5m"),
            IdleTimeout = section.TryGet("idle-timeout", IdleTimeout, out var idle) ? idle : null,
            TimeRange = Range(section.Child("range")),
        };
        section.Done();
        return read;
    }

    private static TimeWindow? Range(Section section)
    {
        var hasFrom = section.TryGet("from", Rules.Instant, out var from);
        var hasTo = section.TryGet("to", Rules.Instant, out var to);
        section.Done();
        if (!section.IsPresent)
        {
            return null;
        }

        foreach (var key in new[] { "from", "to" }.Where(key => !section.Has(key)))
        {
            section.Missing(key, Rules.Instant.Allowed);
        }

        if (hasFrom && hasTo && from >= to)
        {
            section.Error("to", "found an end that is not after 'from'; allowed is a later instant");
            return null;
        }

        return hasFrom && hasTo ? new TimeWindow(from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds()) : null;
    }
}
