using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Check;
using AkkaPrivacy.Hosting.Diff;

namespace AkkaPrivacy.Hosting.Reload;

/// <summary>A reload as it is shown. Its JSON has the same names in snake_case; docs/reference/cli.md explains each.</summary>
internal sealed record ReloadDocument
{
    public required string Pipeline { get; init; }

    public required bool Applied { get; init; }

    public required bool Allowed { get; init; }

    public required bool Same { get; init; }

    public required IReadOnlyList<ReloadQuery> Queries { get; init; }

    public required IReadOnlyList<DiffGroup> CompositionGroups { get; init; }

    public required DiffPeriod Period { get; init; }

    public required IReadOnlyList<OpenPeriod> OpenPeriods { get; init; }

    public required IReadOnlyList<string> Refusals { get; init; }

    public static ReloadDocument Of(PipelinePlan before, PipelinePlan after, ReloadReport report)
    {
        var diff = DiffReport.Of(before, after);
        return new ReloadDocument
        {
            Pipeline = diff.Pipeline,
            Applied = report.Applied,
            Allowed = report.Refusals.Count == 0,
            Same = diff.Same,
            Queries = [.. diff.Queries.Zip(report.Queries, (query, reload) => new ReloadQuery(
                query.Name, query.Change, query.HashBefore, query.HashAfter, reload.KeepsState, reload.FirstWindow?.UtcDateTime, Span.Of(reload.Dropped)))],
            CompositionGroups = diff.CompositionGroups,
            Period = diff.Period,
            OpenPeriods = [.. report.Periods.Select(OpenPeriod.Of)],
            Refusals = report.Refusals,
        };
    }
}

internal sealed record ReloadQuery(string Name, string Change, string? HashBefore, string? HashAfter, bool KeepsState, DateTime? FirstWindow, Span? Dropped);

internal sealed record Span(DateTime Start, DateTime End)
{
    public static Span? Of(TimeWindow? window) => window is { } span ? new Span(span.Start.UtcDateTime, span.End.UtcDateTime) : null;

    public override string ToString() => FormattableString.Invariant($"{Start:u} to {End:u}");
}

internal sealed record OpenPeriod(DateTime Start, DateTime End, CostReport Spent, CostReport Left, CostReport MayCharge, bool Fits)
{
    public static OpenPeriod Of(ReloadedPeriod period) => new(
        period.Period.Start.UtcDateTime, period.Period.End.UtcDateTime, CostReport.Of(period.Spent), CostReport.Of(period.Left), CostReport.Of(period.MayCharge), period.Fits);
}
