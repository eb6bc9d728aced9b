using System.Numerics;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>The true numbers of made-up traffic: of well-formed, on-time rows, without bounds and noise. Nobody who runs a
/// pipeline on real data has such a thing.</summary>
internal sealed class TrafficTruth
{
    private readonly int _words;
    private readonly long[,] _views = new long[TrafficOptions.Hours, TrafficCatalog.LandingPages.Length];
    private readonly ulong[][] _visitorsByHour;
    private readonly ulong[]?[] _visitorsBySite = new ulong[]?[TrafficCatalog.SiteCount];
    private readonly SortedDictionary<DeadLetterReason, long> _deadLetters = [];

    /// <summary>Empty truth.</summary>
    /// <param name="visitors">Number of visitors.</param>
    public TrafficTruth(int visitors)
    {
        _words = (visitors + 63) / 64;
        _visitorsByHour = [.. Enumerable.Range(0, TrafficOptions.Hours).Select(_ => new ulong[_words])];
    }

    /// <summary>Rows that count.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that a pipeline must not count, by the reason it should give.</summary>
    public IReadOnlyDictionary<DeadLetterReason, long> DeadLetters => _deadLetters;

    /// <summary>Counts a row.</summary>
    /// <param name="timeMs">Its event time.</param>
    /// <param name="visitor">The visitor.</param>
    /// <param name="site">The site's rank.</param>
    /// <param name="page">The page's rank.</param>
    public void Count(long timeMs, int visitor, int site, int page)
    {
        Rows++;
        var hour = (int)((timeMs - TrafficOptions.StartMs) / TrafficOptions.HourMs);
        if (page < TrafficCatalog.LandingPages.Length)
        {
            _views[hour, page]++;
        }

        _visitorsByHour[hour][visitor >> 6] |= 1UL << (visitor & 63);
        (_visitorsBySite[site] ??= new ulong[_words])[visitor >> 6] |= 1UL << (visitor & 63);
    }

    /// <summary>Counts a row that is not processed.</summary>
    /// <param name="reason">Why.</param>
    public void Drop(DeadLetterReason reason) => _deadLetters[reason] = _deadLetters.GetValueOrDefault(reason) + 1;

    /// <summary>Views of a landing page in an hour.</summary>
    /// <param name="window">The hour.</param>
    /// <param name="page">The path.</param>
    public long PageViews(TimeWindow window, string page) =>
        HourOf(window) is { } hour && Array.IndexOf(TrafficCatalog.LandingPages, page) is var rank and >= 0 ? _views[hour, rank] : 0;

    /// <summary>Distinct visitors of all sites in an hour.</summary>
    /// <param name="window">The hour.</param>
    public long Visitors(TimeWindow window) => HourOf(window) is { } hour ? Ones(_visitorsByHour[hour]) : 0;

    /// <summary>Distinct visitors of a site over the whole time.</summary>
    /// <param name="site">The site's name.</param>
    public long VisitorsOf(string site) =>
        Array.IndexOf(TrafficCatalog.Sites, site) is var rank and >= 0 && _visitorsBySite[rank] is { } visitors ? Ones(visitors) : 0;

    private static int? HourOf(TimeWindow window) =>
        (window.StartMs - TrafficOptions.StartMs) / TrafficOptions.HourMs is var hour and >= 0 and < TrafficOptions.Hours ? (int)hour : null;

    private static long Ones(ulong[] bits) => bits.Sum(word => (long)BitOperations.PopCount(word));
}
