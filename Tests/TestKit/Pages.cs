using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.TestKit;

namespace AkkaPrivacy.Tests.TestKit;

/// <summary>A pipeline over visits of pages, and visits.</summary>
internal static class Pages
{
    public static DataMap Map { get; } = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "arrival", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Arrival },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "agent", Type = FieldType.Text, Class = FieldClass.QuasiIdentifier, Treatment = new DropTreatment() },
        new FieldDefinition { Name = "bytes", Type = FieldType.Integer, Class = FieldClass.Measure },
    ]);

    public static PipelineTest Test(PipelineSettings? settings = null, RowOperator? stage = null, BoundNode? bound = null, PipelineTestOptions? options = null)
    {
        var rows = Source.FromLines(() => new MemoryLineSource("never-opened", default)).ParseJsonLines(Map).Tokenize();
        rows = stage is null ? rows : rows.Map(stage);
        return PipelineTest.Of(
            rows.Via(Flow.Single<TokenizedRows, BoundedRows>(bound ?? Bound()))
                .TumblingWindow(TimeSpan.FromHours(1))
                .AlsoTo(Flow.Of<WindowedRows>().Sum("bytes", "bytes", upper: 1000).LaplaceNoise(0.5).To(Sink.Store()))
                .Count("views").LaplaceNoise(0.5).ToMaterialized(Sink.Store(), Keep.Right)
                .WithSettings(settings ?? Settings()),
            options);
    }

    public static PipelineSettings Settings(double epsilon = 3) => new()
    {
        Name = "pages",
        Account = new AccountPolicy { Account = "site/pages", Measure = PrivacyMeasure.Pure, BudgetPerPeriod = PrivacyCost.Pure(epsilon) },
    };

    public static Bound Bound() => new()
    {
        Subject = "user",
        GroupBy = ["page"],
        KnownKeys = [["/"], ["/a"], ["/b"]],
        Bounds = new ContributionBounds { Groups = 2, RowsPerGroup = 2, Windows = 2 },
    };

    public static Visit At(string time, string user, string page, string? arrival = null) =>
        new(DateTimeOffset.Parse($"2026-03-02T{time}:00Z"), DateTimeOffset.Parse($"2026-03-02T{arrival ?? time}:00Z"), user, page, 100);

    public sealed record Visit(DateTimeOffset Time, DateTimeOffset Arrival, string? User, string Page, long Bytes)
    {
        public string Agent => "Mozilla/5.0";
    }
}
