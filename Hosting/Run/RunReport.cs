using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>What a run did and what the store holds. Its JSON has the same names in snake_case; docs/reference/cli.md
/// explains each.</summary>
internal sealed record RunReport
{
    public required string Pipeline { get; init; }

    public required string Account { get; init; }

    public required IReadOnlyList<ReleasedValue> Releases { get; init; }

    public required IReadOnlyList<PeriodCharge> Spent { get; init; }

    public required IReadOnlyList<PeriodCharge> Left { get; init; }

    /// <summary>Why nobody knows what is spent and left; null when that is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BudgetUnknown { get; init; }

    public required IReadOnlyDictionary<string, long> DeadLetters { get; init; }

    public required IReadOnlyList<DeadLetterPlace> DeadLetterPositions { get; init; }

    public required IReadOnlyList<SideOutputReport> SideOutputs { get; init; }

    public required IReadOnlyList<Withheld> Withheld { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required long RowsRead { get; init; }

    public required long UnmappedFields { get; init; }

    public required int Released { get; init; }

    public required int Replayed { get; init; }

    public required bool Interrupted { get; init; }

    /// <summary>Reads from the store what belongs to the plan's queries.</summary>
    /// <param name="resources">The store.</param>
    /// <param name="summary">What the run did.</param>
    /// <param name="note">A further warning, or null.</param>
    /// <returns>The report.</returns>
    public static async Task<RunReport> BuildAsync(RunResources resources, RunSummary summary, string? note)
    {
        var (plan, options) = (resources.Plan, resources.RuntimeOptions);
        var releases = await options.Store.TransactAsync(transaction => ReleasesAsync(transaction, options.Outbox, plan)).ConfigureAwait(false);
        var budget = await BudgetHistory.ReadAsync(options.Store, options.Ledger, plan.Account.Account).ConfigureAwait(false);
        return new RunReport
        {
            Pipeline = plan.Settings.Name,
            Account = plan.Account.Account,
            Releases = [.. releases.SelectMany(release => release.Groups, Value)],
            Spent = [.. budget.Periods.Select(period => PeriodCharge.Of(Window(period), period.Spent, period.Releases))],
            Left = [.. budget.Periods.Select(period => PeriodCharge.Of(Window(period), period.Left, period.Releases))],
            BudgetUnknown = budget.Unknown,
            DeadLetters = summary.DeadLetters.ToDictionary(pair => Snake(pair.Key), pair => pair.Value),
            DeadLetterPositions = [.. summary.DeadLetterSamples.Select(letter => new DeadLetterPlace(Snake(letter.Reason), letter.Partition, letter.Position, letter.Field))],
            SideOutputs = [.. resources.SideOutputs.Select(side => new SideOutputReport(side.Name, side.File.Path, side.File.Lines, side.File.LeftOff))],
            Withheld = [.. summary.Withheld.Select(w => new Withheld(w.Id.Query, Window(w.Id.Window), Snake(w.Refusal.Code), w.Refusal.Message))],
            Warnings = [.. summary.Warnings, .. resources.SideOutputs.Select(side => side.File.Note).Append(note).OfType<string>()],
            RowsRead = summary.RowsRead,
            UnmappedFields = summary.UnmappedFields,
            Released = summary.Released,
            Replayed = summary.Replayed,
            Interrupted = summary.Interrupted,
        };
    }

    private static async ValueTask<List<Release>> ReleasesAsync(IStoreTransaction transaction, IOutbox outbox, PipelinePlan plan)
    {
        var releases = new List<Release>();
        foreach (var query in plan.Branches.SelectMany(branch => branch.Queries))
        {
            var stored = await outbox.ListAsync(transaction, plan.Account.Account, plan.Settings.Name, query.Hash).ConfigureAwait(false);
            releases.AddRange(stored.Where(release => release.Id.Query == query.Query.Name));
        }

        return releases;
    }

    private static ReleasedValue Value(Release release, ReleasedGroup group) => new(
        release.Id.Query, Window(release.Id.Window), release.GroupBy, group.Key, group.Value, group.Low, group.High, release.Confidence, group.StandardError);

    private static ReportWindow Window(AccountStatus period) => Window(new TimeWindow(period.PeriodStartMs, period.PeriodEndMs));

    private static ReportWindow Window(TimeWindow window) => new(Instant(window.Start), Instant(window.End));

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString(
        time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Snake(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

internal sealed record ReportWindow(string Start, string End);

internal sealed record ReleasedValue(
    string Query, ReportWindow Window, IReadOnlyList<string> GroupBy, IReadOnlyList<string> Group, decimal Value, decimal Low, decimal High, double Confidence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? StandardError);

/// <summary>A charge or a rest. One in rho also shows the epsilon that it means at the stated delta.</summary>
internal sealed record PeriodCharge(
    ReportWindow Period, double Epsilon, double Delta, int Releases, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Rho)
{
    public static PeriodCharge Of(ReportWindow period, PrivacyCost cost, int releases)
    {
        var (epsilon, delta) = PrivacyConversions.Reported(cost);
        return new PeriodCharge(period, epsilon, delta, releases, cost.Measure == PrivacyMeasure.ZeroConcentrated ? cost.Epsilon : null);
    }
}

internal sealed record DeadLetterPlace(string Reason, int Partition, long Position, string Field);

internal sealed record SideOutputReport(string Name, string Path, long Lines, long LeftOff);

internal sealed record Withheld(string Query, ReportWindow Window, string Code, string Message);
