using System.Text;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using Xunit;

namespace AkkaPrivacy.Tests.LoadTests.Compare;

public sealed class PipelineJobTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void LinesHaveAHundredBytesAndDependOnTheSeedAlone()
    {
        byte[] lines = JsonLines.Create(200, seed: 7);

        Assert.Equal(lines, JsonLines.Create(200, seed: 7));
        Assert.NotEqual(lines, JsonLines.Create(200, seed: 8));
        string[] each = Encoding.ASCII.GetString(lines).Split('\n');
        Assert.Equal(201, each.Length);
        Assert.All(each[..200], line => Assert.Equal(JsonLines.LineBytes - 1, line.Length));
    }

    [Fact]
    public void AMillionEventsSpanTenMinutes()
    {
        byte[] lines = JsonLines.Create(JsonLines.EventsPerMinute + 1, seed: 7);
        PageView first = Parse(lines, 0);
        PageView last = Parse(lines, JsonLines.EventsPerMinute);

        Assert.Equal(TimeSpan.FromMinutes(1), last.Time - first.Time);
        Assert.StartsWith("user-", first.User, StringComparison.Ordinal);
        Assert.StartsWith("/page/", first.Page, StringComparison.Ordinal);
        Assert.InRange(first.Milliseconds, 10_000, 99_999);
    }

    [Fact]
    public void BothLoopsCountTheSameAndAboutHalf()
    {
        const int Events = 20_000;
        byte[] lines = JsonLines.Create(Events, seed: 7);
        long counted = new LoopBaseline(cached: false).Run(lines, Events);

        Assert.Equal(counted, new LoopBaseline(cached: true).Run(lines, Events));
        Assert.InRange(counted, Events * 0.45, Events * 0.55);
    }

    [Fact]
    public void AUserCountsOnFivePagesTenTimesInAWindow()
    {
        var counts = new PageCounts();
        for (int page = 0; page < 7; page++)
        {
            for (int time = 0; time < 12; time++)
            {
                counts.Add(Noon, 1, $"/page/{page}");
            }
        }

        Assert.Equal(50, counts.Counted);
        counts.Add(Noon, 2, "/page/6");
        Assert.Equal(51, counts.Counted);
        counts.Add(Noon + PipelineJob.Window, 1, "/page/6");
        Assert.Equal(52, counts.Counted);
        counts.EndWindow();
        Assert.Equal(7, counts.Noised.Count);
    }

    private static PageView Parse(byte[] lines, int index) =>
        PageView.Parse(lines.AsSpan(index * JsonLines.LineBytes, JsonLines.LineBytes - 1));
}
