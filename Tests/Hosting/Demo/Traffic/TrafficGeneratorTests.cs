using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Demo.Traffic;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Demo.Traffic;

public sealed class TrafficGeneratorTests
{
    private const int Events = 40_000;
    private static readonly Lazy<(TrafficTruth Truth, byte[] Lines, ReferenceTruth Reference)> Traffic = new(() =>
    {
        var (truth, lines) = Generate(Events, 7);
        return (truth, lines, ReferenceTruth.Read(lines));
    });

    [Fact]
    public void TheSameOptionsGiveTheSameBytesAndOthersDoNot()
    {
        Assert.Equal(Generate(2000, 1).Lines, Generate(2000, 1).Lines);
        Assert.NotEqual(Generate(2000, 1).Lines, Generate(2000, 2).Lines);
    }

    [Fact]
    public void TruthEqualsABruteForceCountOfTheLines()
    {
        var (truth, _, reference) = Traffic.Value;
        Assert.Equal(reference.DeadLetters, truth.DeadLetters);
        Assert.Equal(reference.Times.Count, truth.Rows);
        for (var hour = 0; hour < TrafficOptions.Hours; hour++)
        {
            var window = TimeWindow.Containing(TrafficOptions.StartMs + (hour * TrafficOptions.HourMs), TrafficOptions.HourMs);
            Assert.Equal(reference.Visitors[window].Count, truth.Visitors(window));
            foreach (var page in TrafficCatalog.LandingPages)
            {
                Assert.Equal(reference.PageViews.GetValueOrDefault((window, page)), truth.PageViews(window, page));
            }
        }

        foreach (var site in TrafficCatalog.Sites)
        {
            Assert.Equal(reference.VisitorsBySite.TryGetValue(site, out var visitors) ? visitors.Count : 0, truth.VisitorsOf(site));
        }
    }

    [Fact]
    public void SomeRowsAreLateEarlyOrMalformed()
    {
        var dropped = Traffic.Value.Truth.DeadLetters;
        Assert.InRange(dropped[DeadLetterReason.Late], 0.002 * Events, 0.004 * Events);
        Assert.InRange(dropped[DeadLetterReason.Early], 0.0004 * Events, 0.0017 * Events);
        DeadLetterReason[] faults =
            [DeadLetterReason.Malformed, DeadLetterReason.WrongType, DeadLetterReason.MissingField, DeadLetterReason.MissingTime, DeadLetterReason.InvalidUtf8];
        Assert.InRange(faults.Sum(reason => dropped.GetValueOrDefault(reason)), 0.0005 * Events, 0.0016 * Events);
        Assert.All(faults, reason => Assert.True(dropped.GetValueOrDefault(reason) > 0));
    }

    [Fact]
    public void ArrivalsAscendAndFillTheSpanWhileEventTimesDoNot()
    {
        var reference = Traffic.Value.Reference;
        Assert.Equal(reference.Arrivals.Order(), reference.Arrivals);
        Assert.InRange(reference.Arrivals[^1], TrafficOptions.EndMs - (TrafficOptions.HourMs / 4), TrafficOptions.EndMs - 1);
        Assert.InRange(reference.Times.Min(), TrafficOptions.StartMs, TrafficOptions.StartMs + 60_000);
        Assert.InRange(Enumerable.Range(1, reference.Times.Count - 1).Count(i => reference.Times[i] < reference.Times[i - 1]), Events / 20, Events);
    }

    [Fact]
    public void SitesArePopularByRankAndSomeVisitorsAreHeavyUsers()
    {
        var reference = Traffic.Value.Reference;
        var visitors = TrafficCatalog.Sites.Select(site => reference.VisitorsBySite.TryGetValue(site, out var set) ? set.Count : 0).ToArray();
        Assert.InRange(visitors.Count(count => count > 0), 250, TrafficCatalog.SiteCount);
        Assert.True(visitors[0] > 5 * visitors[20] && visitors[20] > visitors[200]);
        Assert.InRange(reference.RowsByEmail.Count, 0.4 * Events / 4, Events / 4);
        var rows = reference.RowsByEmail.Values.OrderDescending().ToArray();
        Assert.True(rows[0] > 8 * rows[rows.Length / 2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    public void AFewEventsWork(int events)
    {
        var (truth, lines) = Generate(events, 3);
        Assert.Equal(events, lines.Count(value => value == '\n'));
        Assert.Equal(events, truth.Rows + truth.DeadLetters.Values.Sum());
    }

    private static (TrafficTruth Truth, byte[] Lines) Generate(int events, ulong seed)
    {
        var generator = new TrafficGenerator(new TrafficOptions(events, seed));
        using var stream = new MemoryStream();
        generator.WriteTo(stream);
        return (generator.Truth, stream.ToArray());
    }
}
