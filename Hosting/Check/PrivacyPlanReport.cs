using System.Text.Json.Serialization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Hosting.Check.Against;

namespace AkkaPrivacy.Hosting.Check;

/// <summary>The privacy plan as it is shown. Its JSON has the same names in snake_case; docs/reference/cli.md explains each.</summary>
internal sealed record PrivacyPlanReport
{
    public required string Pipeline { get; init; }

    public required string PlanHash { get; init; }

    public required SourceReport Source { get; init; }

    public required IReadOnlyList<FieldReport> Fields { get; init; }

    public required string UnmappedFields { get; init; }

    public required UnitReport PrivacyUnit { get; init; }

    public required AccountReport Account { get; init; }

    public required double Confidence { get; init; }

    public required IReadOnlyList<QueryReport> Queries { get; init; }

    public required IReadOnlyList<GroupReport> CompositionGroups { get; init; }

    public required PeriodReport Period { get; init; }

    public required IReadOnlyList<SinkReport> Sinks { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The node that <c>--cluster</c> describes; null without it.</summary>
    public NodeReport? Node { get; init; }

    /// <summary>What a start on the store of <c>--against</c> would find; missing without it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgainstReport? Against { get; init; }
}

internal sealed record NodeReport
{
    public required string System { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public required IReadOnlyList<string> Seeds { get; init; }

    public required string Ledger { get; init; }

    public required string JournalProvider { get; init; }

    public required string SettingsHash { get; init; }

    public required string Version { get; init; }
}

/// <summary>A cost. One in rho also shows the epsilon that it means at the stated delta.</summary>
internal sealed record CostReport(double Epsilon, double Delta, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Rho)
{
    public static CostReport Of(PrivacyCost cost)
    {
        var (epsilon, delta) = PrivacyConversions.Reported(cost);
        return new CostReport(epsilon, delta, cost.Measure == PrivacyMeasure.ZeroConcentrated ? cost.Epsilon : null);
    }

    public override string ToString()
    {
        var pair = Delta == 0
            ? FormattableString.Invariant($"epsilon {Epsilon:0.#########}")
            : FormattableString.Invariant($"epsilon {Epsilon:0.#########}, delta {Delta:0.###e-0}");
        return Rho is null ? pair : FormattableString.Invariant($"rho {Rho:0.#########} (epsilon {Epsilon:0.###} at delta {Delta:0.###e-0})");
    }
}

internal sealed record SourceReport(string Type, string Path, int MaxLineBytes, string Arrival, double AllowedLatenessSeconds, double AllowedSkewSeconds, string? RangeStart, string? RangeEnd);

internal sealed record FieldReport(
    string Name, string From, string Type, string Class, string Treatment, string Role, bool Required, IReadOnlyList<string> Purposes, double RetentionSeconds);

internal sealed record UnitReport(string Subject, double PeriodSeconds, double SampleRate);

internal sealed record AccountReport(string Name, string Measure, CostReport Budget, double PeriodSeconds);

internal sealed record BoundsReport(int Groups, int RowsPerGroup, int Windows);

internal sealed record NoiseReport(
    string Mechanism, double Scale, double StandardDeviation, decimal HalfWidth, CostReport Cost,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? AtSubjects,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason)
{
    /// <summary>How many keys a choice publishes; missing where all values are noised.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ChosenKeys { get; init; }

    /// <summary>Half width of the intervals of chosen keys' values; missing where they have none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? ValuesHalfWidth { get; init; }
}

internal sealed record SelectionReport(string Mechanism, CostReport Cost, long SubjectsForHalf, long SubjectsForCertain);

internal sealed record QueryReport
{
    public required string Name { get; init; }

    public required string CompositionGroup { get; init; }

    public required string PlanHash { get; init; }

    public required string Aggregate { get; init; }

    public required double WindowSeconds { get; init; }

    public required double SlideSeconds { get; init; }

    public required int WindowsPerPeriod { get; init; }

    public required IReadOnlyList<string> GroupBy { get; init; }

    public required string Keys { get; init; }

    public required int KnownKeys { get; init; }

    public required BoundsReport Bounds { get; init; }

    public required decimal ContributionPerGroup { get; init; }

    public required int Stability { get; init; }

    public required decimal Sensitivity { get; init; }

    public required NoiseReport Noise { get; init; }

    public required SelectionReport? KeySelection { get; init; }

    public required CostReport WindowCost { get; init; }

    public required CostReport PeriodCost { get; init; }
}

internal sealed record GroupReport(string Name, IReadOnlyList<string> Queries, CostReport WindowCost, int Windows, CostReport PeriodCost);

internal sealed record WithheldReport(string Query, int Window, double WindowEndSeconds);

internal sealed record PeriodReport(
    CostReport Budget, CostReport Cost, CostReport Left, bool Fits, int ChargedWindows, double ChargedAfterSeconds, IReadOnlyList<WithheldReport> WithheldFrom, TightReport Tight, CompositionReport Composition);

/// <summary>How costs are put together, and why so.</summary>
internal sealed record CompositionReport(string Rule, string Reason);

/// <summary>What releases come to by tight composition. Both epsilons hold at the delta; null where one cannot be stated.</summary>
internal sealed record TightReport(double Delta, double? EpsilonByPld, double? EpsilonByRdp)
{
    public static TightReport Of(ComposedLoss loss) => new(loss.Delta, Finite(loss.ByDistributions), Finite(loss.ByRenyi));

    public override string ToString() => FormattableString.Invariant(
        $"epsilon {Text(EpsilonByPld)} by privacy loss distributions and {Text(EpsilonByRdp)} by Renyi losses, at delta {Delta:0.###e-0}");

    private static double? Finite(double? epsilon) => epsilon is { } number && double.IsFinite(number) ? number : null;

    private static string Text(double? epsilon) => epsilon is { } number ? FormattableString.Invariant($"{number:0.####}") : "(not to be stated)";
}

internal sealed record SinkReport(string Name, string Type, string Target);
