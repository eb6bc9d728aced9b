using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.TestKit;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.TestKit;

/// <summary>The kit on the configurations that the repository ships.</summary>
public sealed class HoconTests
{
    private static string Path(string name) => System.IO.Path.Combine(Repository.Root, "hocon", name);

    [Fact]
    public async Task The_access_log_counts_visitors_statuses_and_paths()
    {
        await using var test = PipelineTest.FromHocon(Path("access-log.conf"));
        await test.FeedLinesAsync(
            Line("10:00:01", "10.0.0.1", "/", 200),
            Line("10:00:02", "10.0.0.1", "/missing", 404),
            Line("10:10:00", "10.0.0.2", "/", 304),
            "no log line",
            Line("11:59:00", "10.0.0.2", "/", 200));
        await test.CompleteAsync();

        test.Window("visitors-per-hour", "2026-03-02T10:00Z").Has(2).Charged(0.25);
        test.Window("visitors-per-hour", "2026-03-02T11:00Z").Has(1).Charged(0.25);
        test.Window("requests-per-status", "2026-03-02T10:00Z").Has(1, "3xx").Has(0, "5xx");
        test.Window("hits-per-path", "2026-03-02T00:00Z").Charged(1.05, 1e-6);
        test.Query("requests-per-status").BoundsHold().MostOfAnySubject(groups: 1, windows: 1).Rows(RowFate.BoundedByGroups, 1).Rows(RowFate.BoundedByWindows, 1);
        test.Query("visitors-per-hour").BoundsHold();
        test.Query("hits-per-path").BoundsHold();
        test.Costs.Spent(0.5 + 0.45 + 1.05, 1e-6).Left(0);
        test.DeadLetters(DeadLetterReason.Malformed, 1).NothingIsWithheld();
        await test.ReplaysAsync();
    }

    [Fact]
    public async Task The_demo_bounds_every_visitor_of_its_traffic()
    {
        await using var test = PipelineTest.FromHocon(Path("demo.conf"), new PipelineTestOptions { Set = ["pipeline.runtime.lanes = 2"] });
        await test.FeedAsync(Enumerable.Range(0, 300).Select(i => new
        {
            Email = $"visitor{i % 20}@example.org",
            Ip = "10.1.2.3",
            Site = i % 3 == 0 ? "shop" : "blog",
            Page = i % 2 == 0 ? "/" : "/docs",
            Status = 200,
            Time = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero).AddMinutes(i),
            Received = new DateTimeOffset(2026, 3, 2, 8, 0, 1, TimeSpan.Zero).AddMinutes(i),
        }));
        await test.CompleteAsync();

        test.Query("page-views").BoundsHold().MostOfAnySubject(groups: 1, rowsPerGroup: 2, windows: 2);
        test.Query("visitors").BoundsHold().MostOfAnySubject(windows: 3);
        test.Query("visitors-by-site").BoundsHold();
        test.Window("visitors-by-site", "2026-03-02T00:00Z").Has(20, "shop").Has(20, "blog");
        test.Costs.Spent((2 * 0.45) + (3 * 0.13) + 0.6, 1e-6);
        await test.ReplaysAsync();
    }

    [Fact]
    public void Mistakes_of_a_text_are_listed()
    {
        var failure = Assert.Throws<PipelineAssertionException>(() => PipelineTest.FromHoconText("pipeline { name = x, subjekt = y }"));

        Assert.Contains("pipeline.subjekt", failure.Message, StringComparison.Ordinal);
    }

    private static string Line(string time, string client, string path, int status) =>
        $"{client} - - [02/Mar/2026:{time} +0000] \"GET {path} HTTP/1.1\" {status} 100 \"-\" \"Mozilla/5.0\"";
}
