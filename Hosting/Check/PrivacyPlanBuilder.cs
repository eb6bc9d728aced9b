using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Sections;

namespace AkkaPrivacy.Hosting.Check;

/// <summary>Makes the privacy plan of a configuration.</summary>
internal static class PrivacyPlanBuilder
{
    // The error of a mean depends on how many subjects it is over; it is stated for so many.
    private const long TypicalSubjects = 1000;

    public static PrivacyPlanReport Build(PipelineConfiguration configuration)
    {
        var (options, plan) = configuration;
        var forecast = BudgetForecast.Of(plan);
        return new PrivacyPlanReport
        {
            Pipeline = plan.Settings.Name,
            PlanHash = plan.Hash,
            Source = Source(options, plan),
            Fields = [.. plan.Map.Fields.Select(Field)],
            UnmappedFields = "dropped",
            PrivacyUnit = new UnitReport(plan.Subject, plan.Account.Period.TotalSeconds, options.Sample?.Rate ?? 1),
            Account = new AccountReport(plan.Account.Account, PrivacyMeasureNames.ToName(plan.Account.Measure), Cost(plan.Account.BudgetPerPeriod), plan.Account.Period.TotalSeconds),
            Confidence = plan.Settings.Confidence,
            Queries = [.. plan.Branches.SelectMany(branch => branch.Queries, (branch, query) => Query(plan, branch, query))],
            CompositionGroups = [.. plan.Branches.SelectMany(branch => branch.Groups).Select(Group)],
            Period = Period(plan, forecast),
            Sinks = [.. options.Sinks.Select(Sink)],
            Warnings = PrivacyWarnings.Of(plan, forecast),
        };
    }

    /// <summary>The largest charge of a period when nothing is withheld.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The sum over the composition groups.</returns>
    public static PrivacyCost PeriodCost(PipelinePlan plan) =>
        plan.Branches.Aggregate(PrivacyCost.Zero(plan.Account.Measure), (sum, branch) => sum + branch.PeriodCost);

    private static CostReport Cost(PrivacyCost cost) => CostReport.Of(cost);

    private static SourceReport Source(PipelineOptions options, PipelinePlan plan) => new(
        SourceType(options.Source),
        SourcePath(options.Source),
        options.Source.MaxLineBytes,
        plan.Arrival switch { ArrivalMode.EventTime => "event-time", ArrivalMode.Field => "field", _ => "ingest" },
        plan.Settings.AllowedLateness.TotalSeconds,
        plan.Settings.AllowedSkew.TotalSeconds,
        plan.Settings.TimeRange is { } from ? Instant(from.Start) : null,
        plan.Settings.TimeRange is { } to ? Instant(to.End) : null);

    private static string SourcePath(SourceOptions source) => source.Kind switch
    {
        SourceKind.Http => $"{source.Http.Listen}{source.Http.Path}",
        SourceKind.Generator => FormattableString.Invariant($"seed {source.Generator.Traffic.Seed}"),
        _ => source.Path,
    };

    private static string SourceType(SourceOptions source) => source.Format switch
    {
        _ when source.Kind == SourceKind.Http => "http",
        _ when source.Kind == SourceKind.Generator => "generator",
        SourceFormat.CombinedLog => "combined-log",
        SourceFormat.NginxJson => "nginx-json",
        SourceFormat.Csv => "csv",
        _ => "json-lines",
    };

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static FieldReport Field(FieldDefinition field) => new(
        field.Name,
        field.SourceName,
        field.Type.ToString().ToLowerInvariant(),
        FieldSection.Word(field.Class),
        field.Treatment?.Description ?? "none",
        field.Role.ToString().ToLowerInvariant(),
        field.Required,
        field.Purposes,
        field.Retention.TotalSeconds);

    private static QueryReport Query(PipelinePlan plan, BranchPlan branch, PlannedQuery planned)
    {
        var query = planned.Query;
        var bounded = branch.Bounded;
        return new QueryReport
        {
            Name = query.Name,
            CompositionGroup = planned.Group,
            PlanHash = planned.Hash,
            Aggregate = query.AggregateText,
            WindowSeconds = bounded.WindowMs / 1000.0,
            SlideSeconds = bounded.SlideMs / 1000.0,
            WindowsPerPeriod = bounded.WindowsPerPeriod,
            GroupBy = [.. bounded.GroupBy.Select(field => field.Name)],
            Keys = bounded.GroupBy.Count == 0 ? "total" : bounded.KnownKeys is null ? "unknown" : "known",
            KnownKeys = bounded.GroupBy.Count == 0 ? 0 : bounded.KnownKeys?.Count ?? 0,
            Bounds = new BoundsReport(bounded.Bounds.Groups, bounded.Bounds.RowsPerGroup, bounded.Bounds.Windows),
            ContributionPerGroup = query.PerGroup * query.Resolution,
            Stability = query.Stability,
            Sensitivity = query.Sensitivity * query.Resolution,
            Noise = Noise(query, plan.Settings.Confidence),
            KeySelection = query.Selection is { } selection
                ? new SelectionReport(selection.Description, Cost(selection.Cost), selection.SubjectsFor(0.5), selection.SubjectsFor(1))
                : null,
            WindowCost = Cost(query.Charge),
            PeriodCost = Cost(query.Charge * query.ChargesPerPeriod),
        };
    }

    private static NoiseReport Noise(QueryPlan query, double confidence)
    {
        var noise = query.Noise!;
        if (query.Statistic is { } statistic)
        {
            var predicted = statistic.Predict(query.Parts, confidence, TypicalSubjects);
            return new NoiseReport(
                query.NoiseText, noise.Scale, predicted / NormalTail.Quantile((1 - confidence) / 2), (decimal)Math.Min(predicted, 1e20), Cost(noise.Cost), TypicalSubjects, null);
        }

        // Intervals of the largest groups hold for all known groups at once.
        var each = query is { Top: not null, TopKeys: null, Bounded.KnownKeys: { } known } ? 1 - ((1 - confidence) / known.Count) : confidence;
        return new NoiseReport(
            noise.Description, noise.Scale * (double)query.Resolution, noise.StandardDeviation * (double)query.Resolution, noise.HalfWidth(each) * query.Resolution, Cost(noise.Cost), null, query.Continual?.Reason ?? query.TopKeys?.Reason)
        {
            ChosenKeys = query.TopKeys?.Top,
            ValuesHalfWidth = query.TopKeys?.Values is { } values ? values.HalfWidth(confidence) * query.Resolution : null,
        };
    }

    private static GroupReport Group(CompositionGroup group) =>
        new(group.Name, group.Queries, Cost(group.Cost), group.Charges, Cost(group.PeriodCost));

    private static PeriodReport Period(PipelinePlan plan, BudgetForecast forecast)
    {
        var (budget, cost) = (plan.Account.BudgetPerPeriod, PeriodCost(plan));
        return new PeriodReport(
            Cost(budget), Cost(cost), Cost(budget.Less(forecast.Spent)), cost.FitsIn(budget), forecast.ChargedWindows, forecast.ChargedAfter.TotalSeconds, forecast.WithheldFrom, TightReport.Of(PlannedLosses.Of(plan)), Composition(plan));
    }

    // Nothing that a data map holds proves that no subject is in two parts (docs/decisions/0029).
    private static CompositionReport Composition(PipelinePlan plan)
    {
        var groups = plan.Branches.Sum(branch => branch.Groups.Count());
        var above = plan.Account.Account.Contains('/', StringComparison.Ordinal) ? "; accounts above it, where they are open, are charged the same and add up all that is below them" : string.Empty;
        return new CompositionReport("sum", (groups == 1 ? "there is one composition group" : $"a subject may count in all {groups} composition groups") + above);
    }

    private static SinkReport Sink(SinkOptions sink) => sink.Type switch
    {
        SinkType.SqliteTable => new SinkReport(sink.Name, "sqlite-table", $"{sink.Path}#{sink.Table}"),
        SinkType.PostgresTable => new SinkReport(sink.Name, "postgres-table", $"{sink.Postgres!.Schema}.{sink.Table}"),
        SinkType.Webhook => new SinkReport(sink.Name, "webhook", sink.Webhook!.Url.GetLeftPart(UriPartial.Path)),
        SinkType.Parquet => new SinkReport(sink.Name, "parquet", sink.Path),
        SinkType.Csv => new SinkReport(sink.Name, "csv", sink.Path),
        SinkType.JsonLines => new SinkReport(sink.Name, "json-lines", sink.Path),
        _ => new SinkReport(sink.Name, "console", "standard output"),
    };
}
