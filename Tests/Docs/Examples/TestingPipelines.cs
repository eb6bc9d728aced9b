using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.TestKit;

namespace AkkaPrivacy.Tests.Docs.Examples;

/// <summary>Tests of pipelines, as the guide shows them.</summary>
internal static class TestingPipelines
{
    public static async Task HoconAsync(string file)
    {
        // <test-hocon>
        await using var test = PipelineTest.FromHocon(file);   // hocon/access-log.conf

        await test.FeedLinesAsync(
            """10.0.0.1 - - [02/Mar/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 512 "-" "Mozilla/5.0" """,
            """10.0.0.1 - - [02/Mar/2026:10:00:02 +0000] "GET /prices HTTP/1.1" 404 0 "-" "Mozilla/5.0" """,
            """10.0.0.2 - - [02/Mar/2026:11:30:00 +0000] "GET / HTTP/1.1" 200 512 "-" "Mozilla/5.0" """);
        await test.CompleteAsync();

        test.Query("visitors-per-hour").FiredExactly("2026-03-02T10:00Z", "2026-03-02T11:00Z").BoundsHold();
        test.Window("visitors-per-hour", "2026-03-02T10:00Z").Has(1).Charged(0.25);
        test.Query("requests-per-status").Rows(RowFate.BoundedByGroups, 1);
        test.Costs.Spent(2, delta: 1e-6).Left(0);
        // </test-hocon>
    }

    public static async Task GraphAsync(RunnableGraph<Task<RunSummary>> graph)
    {
        // <test-graph>
        await using var test = PipelineTest.Of(graph);

        await test.FeedAsync(
            new { Time = "2026-03-02T10:00:00Z", User = "ann", Page = "/" },
            new { Time = "2026-03-02T10:01:00Z", User = "ann", Page = "/" },
            new { Time = "2026-03-02T10:02:00Z", User = "bob", Page = "/prices" },
            new { Time = "2026-03-02T10:03:00Z", User = "bob", Page = "/no-such-page" });
        await test.CompleteAsync();

        test.Window("views-per-page", "2026-03-02T10:00Z").Has(2, "/").Has(1, "/prices");
        test.Query("views-per-page").Row(4, RowFate.UnknownKey).MostOfAnySubject(groups: 1, rowsPerGroup: 2);
        test.DeadLetters(DeadLetterReason.UnknownKey, 1);
        // </test-graph>
    }

    public static async Task TimeAsync(RunnableGraph<Task<RunSummary>> graph)
    {
        // <test-time>
        await using var test = PipelineTest.Of(graph, new PipelineTestOptions { Start = DateTimeOffset.Parse("2026-03-02T10:00Z") });

        await test.AdvanceAsync(TimeSpan.FromMinutes(5));
        await test.FeedAsync(
            new { Time = "2026-03-02T10:04:00Z", User = "ann", Page = "/" },
            new { Time = "2026-03-02T09:50:00Z", User = "bob", Page = "/" });
        await test.AdvanceAsync(TimeSpan.FromHours(2));

        test.Query("views-per-page").Row(2, RowFate.Late);
        test.Window("views-per-page", "2026-03-02T10:00Z").FiredAt("2026-03-02T11:10Z").Has(1, "/");
        // </test-time>
    }

    public static async Task CrashAsync(RunnableGraph<Task<RunSummary>> graph, IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        // <test-crash>
        await using var test = PipelineTest.Of(graph);

        await test.FeedLinesAsync(first);
        await test.CrashAndRestartAsync();
        test.CrashAtNextFiring(CrashPoint.BeforeCommit);
        await test.FeedLinesAsync(second);
        await test.CompleteAsync();

        test.Query("views-per-page").BoundsHold();
        test.Costs.Spent(1);
        await test.ReplaysAsync();
        // </test-crash>
    }

    public static async Task BudgetAsync(RunnableGraph<Task<RunSummary>> graph)
    {
        // <test-budget>
        await using var test = PipelineTest.Of(graph);

        await test.FeedAsync(
            new { Time = "2026-03-02T10:00:00Z", User = "ann", Page = "/" },
            new { Time = "2026-03-02T11:00:00Z", User = "ann", Page = "/" });
        await test.CompleteAsync();

        test.Window("views-per-page", "2026-03-02T10:00Z").IsReleased().Charged(1);
        test.Window("views-per-page", "2026-03-02T11:00Z").IsWithheld(RefusalCode.BudgetExceeded);
        // </test-budget>
    }
}
