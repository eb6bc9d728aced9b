using System.Collections.Immutable;
using System.Globalization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Commands;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary>The demo's result as one object for programs.</summary>
internal static class DemoJson
{
    /// <summary>Writes the object on one line.</summary>
    /// <param name="result">The result.</param>
    public static string Of(DemoResult result) => JsonText.Of(new
    {
        Releases = result.Values.Select(Release),
        Spent = Cost(result.Account?.Spent),
        Left = Cost(result.Account?.Left),
        result.Coverage,
        result.Summary.RowsRead,
        DeadLetters = result.Summary.DeadLetters.ToImmutableSortedDictionary(pair => pair.Key.ToString(), pair => pair.Value),
        result.Summary.UnmappedFields,
        result.Summary.Released,
        result.Summary.Replayed,
        Withheld = result.Summary.Withheld.Count,
        Seed = result.Options.Traffic.Seed,
        Events = result.Options.Traffic.Events,
        Db = Path.GetFullPath(result.Options.Store),
    });

    private static object Release(DemoValue value) => new
    {
        value.Query,
        Window = new { Start = Instant(value.Window.Start), End = Instant(value.Window.End) },
        value.Group,
        value.Value,
        Interval = new[] { value.Low, value.High },
        value.True,
        value.BoundedTrue,
    };

    private static object Cost(PrivacyCost? cost) => new { Epsilon = cost?.Epsilon ?? 0, Delta = cost?.Delta ?? 0 };

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
