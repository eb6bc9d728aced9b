using AkkaPrivacy.Connectors.Memory;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.TestKit;
using Xunit;

namespace AkkaPrivacy.Tests.TestKit;

/// <summary>Rows of every kind, lanes, sliding windows, statistics.</summary>
public sealed class FormatTests
{
    private static readonly DateTimeOffset Ten = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly DataMap Map = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "user", From = "e-mail", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "euros", Type = FieldType.Decimal, Class = FieldClass.Measure, Resolution = 0.01m },
    ]);

    [Fact]
    public async Task Records_of_a_process_come_as_columns()
    {
        var records = new RecordMap<Sale>(Map).Time("time", sale => sale.Time).Text("user", sale => sale.User).Text("page", sale => sale.Page).Decimal("euros", sale => sale.Euros);
        await using var test = PipelineTest.Of(Windows(Records.From(NoSales, records).Tokenize()));

        await test.FeedAsync(new Sale(Ten, "ann", "/", 1.25m), new Sale(Ten, "ann", "/", 2.5m), new Sale(Ten, null, "/", 1));
        await test.FeedColumnsAsync(["time", "user", "page", "euros"], [Ten, "bob", "/a", 100], ["2026-03-02T10:30Z", "bob", null, null]);
        await test.CompleteAsync();

        test.Window("euros", "2026-03-02T10:00Z").Has(3.75m, "/").Has(20, "/a").HasGroups("", "/", "/a");
        test.Query("euros").BoundsHold().Row(3, RowFate.DeadLetter);
        await Assert.ThrowsAsync<InvalidOperationException>(() => NewTest(Records.From(() => Array.Empty<Sale>(), records).Tokenize()).FeedLinesAsync("a line"));
        await test.ReplaysAsync();
    }

    [Fact]
    public async Task Comma_separated_values_have_a_heading_that_is_no_row()
    {
        await using var test = NewTest(Source.FromLines(Never).ParseCsv(Map).Tokenize(), new PipelineTestOptions { BatchRows = 1 });

        await test.FeedLinesAsync("time,e-mail,page,euros", "2026-03-02T10:00:00Z,ann,/,1.25");
        await test.FeedLinesAsync("2026-03-02T10:00:00Z,\"bob\",/a,2");
        await test.CompleteAsync();

        Assert.Equal(2, test.RowCount);
        test.Window("euros", "2026-03-02T10:00Z").Has(1.25m, "/").Has(2, "/a");
        await Assert.ThrowsAsync<InvalidOperationException>(() => NewTest(Source.FromLines(Never).ParseCsv(Map).Tokenize()).FeedAsync(new Sale(Ten, "ann", "/", 1)));
    }

    [Fact]
    public async Task Lanes_and_sliding_windows_are_measured_too()
    {
        await using var test = PipelineTest.Of(Source.FromLines(Never).ParseJsonLines(Map).Tokenize()
            .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { RowsPerGroup = 2, Windows = 3 } })
            .SlidingWindow(TimeSpan.FromHours(1), TimeSpan.FromMinutes(30)).Count("views").LaplaceNoise(0.1)
            .ToMaterialized(Sink.Store(), Keep.Right).WithSettings(Pages.Settings() with { Lanes = 3 }));
        await test.FeedAsync(Enumerable.Range(0, 60).Select(i => new { Time = Ten.AddMinutes(2 * i), EMail = $"user{i % 4}" }));
        await test.CrashAndRestartAsync();
        await test.FeedAsync(Enumerable.Range(60, 60).Select(i => new { Time = Ten.AddMinutes(2 * i), EMail = $"user{i % 4}" }));
        await test.CompleteAsync();

        test.Query("views").BoundsHold().MostOfAnySubject(groups: 1, rowsPerGroup: 2, windows: 3).Row(120, RowFate.BoundedByWindows);
        test.Window("views", "2026-03-02T10:00Z").Has(8);
        await test.ReplaysAsync();
    }

    [Fact]
    public async Task A_window_that_was_given_up_counts_nobody()
    {
        await using var test = PipelineTest.Of(Windows(Source.FromLines(Never).ParseJsonLines(Map).Tokenize(), maxGroups: 1));
        await test.FeedAsync(new { Time = Ten, EMail = "ann", Page = "/", Euros = 1 }, new { Time = Ten, EMail = "bob", Page = "/a", Euros = 1 });
        await test.CompleteAsync();

        test.Window("euros", "2026-03-02T10:00Z").IsWithheld(RefusalCode.StateLimit).HasGroups();
        test.Query("euros").BoundsHold().Rows(RowFate.NotFired, 2);
        test.Costs.IsUntouched();
    }

    private static PipelineTest NewTest(Source<TokenizedRows, NotUsed> rows, PipelineTestOptions? options = null) => PipelineTest.Of(Windows(rows), options);

    private static RunnableGraph<Task<RunSummary>> Windows(Source<TokenizedRows, NotUsed> rows, int? maxGroups = null) => rows
        .Bound(new Bound { Subject = "user", GroupBy = ["page"], MaxGroups = maxGroups, Bounds = new ContributionBounds { Groups = 2 } })
        .TumblingWindow(TimeSpan.FromHours(1)).Sum("euros", "euros", upper: 20).SelectKeys(1, 1e-9).LaplaceNoise(1)
        .ToMaterialized(Sink.Store(), Keep.Right)
        .WithSettings(Pages.Settings() with
        {
            Account = new() { Account = "site/sales", Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(3, 1e-6) },
        });

    private static IEnumerable<Sale> NoSales() => throw new InvalidOperationException("The source is not opened.");

    private static IEventSource Never() => throw new InvalidOperationException("The source is not opened.");

    private sealed record Sale(DateTimeOffset Time, string? User, string Page, decimal? Euros);
}
