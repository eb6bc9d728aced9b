using System.Text.RegularExpressions;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads one entry of <c>pipeline.queries</c>.</summary>
internal static partial class QuerySection
{
    private static readonly Rule<string> FieldName = Rules.Text(FieldPattern(), "the name of a field of the data map");

    public static QueryOptions Read(Section section, TimeSpan period, IReadOnlyList<BranchOptions> split)
    {
        if (!QueryNamePattern().IsMatch(section.Name))
        {
            section.Error("a query name is 1 to 64 characters of a-z A-Z 0-9 . _ -");
        }

        var aggregate = AggregateSection.Read(section, FieldName);
        var (running, runningPeriod) = (section.Child("running"), (TimeSpan?)null);
        if (running.IsPresent)
        {
            runningPeriod = running.Require("period", Rules.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(366), "from 1s to 366d, a multiple of 'every'"), period);
        }

        var (window, slide) = running.IsPresent ? Every(running, period) : section.IsObject("window") ? Sliding(section.Child("window"), period) : Tumbling(section, period);
        var groupBy = section.List("group-by", FieldName);
        var noise = section.Child("noise");
        var (selection, knownKeys) = (section.Child("key-selection"), section.Keys("known-keys"));
        var options = new QueryOptions
        {
            Name = section.Name,
            Branch = SplitSection.BranchOf(section, split),
            Aggregate = aggregate,
            Sessions = SessionsSection.Read(section.Child("sessions"), period),
            Window = window,
            Slide = slide,
            RunningPeriod = runningPeriod,
            RunningOrigin = running.IsPresent ? running.Origin : null,
            GroupBy = groupBy,
            KnownKeys = KnownKeys(section, knownKeys, groupBy),
            MaxGroups = section.TryGet("max-groups", Rules.Integer(1, 100_000_000), out var groups) ? groups : null,
            Selection = KeySelectionSection.Read(selection),
            Bounds = BoundsSection.Read(section.Child("bounds"), (int)Math.Clamp(((period - window).Ticks / slide.Ticks) + 1, 1, int.MaxValue), groupBy.Count),
            Noise = NoiseSection.Read(noise),
            Places = new QueryPlaces(
                section.Place, Place(section, section.Child("bounds")), section.Context.Place(section.OriginOf("window"), section.PathOf("window")), selection.Place, noise.Place),
        };
        section.Done();
        return options;
    }

    // Mistakes that concern fields of the group-by are shown at it, since bounds may have been left out.
    private static string Place(Section query, Section bounds) =>
        query.Has("group-by") ? query.Context.Place(query.OriginOf("group-by"), query.PathOf("group-by")) : bounds.Place;

    private static (TimeSpan Size, TimeSpan Slide) Every(Section running, TimeSpan period)
    {
        var size = running.Require("every", Dividing(period, period, "to the accounting period of", "it"), period);
        running.Done();
        return (size, size);
    }

    private static (TimeSpan Size, TimeSpan Slide) Tumbling(Section section, TimeSpan period)
    {
        var size = section.Require("window", Dividing(period, period, "to the accounting period of", "it"), period);
        return (size, size);
    }

    private static (TimeSpan Size, TimeSpan Slide) Sliding(Section section, TimeSpan period)
    {
        var size = section.Require("size", Rules.Duration(TimeSpan.FromSeconds(1), period, $"from 1s to the accounting period of {Durations.Text(period.TotalSeconds)}"), period);
        var slide = section.Require("slide", Dividing(size, period, "to the size of", "it and the accounting period"), size);
        section.Done();
        return (size, slide);
    }

    internal static Rule<TimeSpan> Dividing(TimeSpan most, TimeSpan period, string range, string divided)
    {
        var rule = Rules.Duration(TimeSpan.FromSeconds(1), most, $"from 1s {range} {Durations.Text(most.TotalSeconds)} that divides {divided}");
        return rule with
        {
            Read = (Hocon.HoconScalar s, out TimeSpan v) => rule.Read(s, out v) && most.Ticks % v.Ticks == 0 && period.Ticks % v.Ticks == 0 && v.Ticks % TimeSpan.TicksPerMillisecond == 0,
        };
    }

    private static IReadOnlyList<IReadOnlyList<string>>? KnownKeys(
        Section section, IReadOnlyList<IReadOnlyList<string>>? keys, IReadOnlyList<string> groupBy)
    {
        if (keys is not null && groupBy.Count == 0)
        {
            section.Error("known-keys", "found keys of a query without group-by; allowed is none: a total has no key");
            return null;
        }

        if (keys?.FirstOrDefault(key => key.Count != groupBy.Count) is { } odd)
        {
            section.Error("known-keys", $"found a key of {odd.Count} parts; allowed are keys of {groupBy.Count}, one for each group-by field");
            return null;
        }

        return keys;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]{1,64}\z")]
    private static partial Regex QueryNamePattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex FieldPattern();
}
