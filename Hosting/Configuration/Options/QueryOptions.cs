using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise.Continual;

namespace AkkaPrivacy.Hosting.Configuration.Options;

/// <summary>One query.</summary>
internal sealed record QueryOptions
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The branch of the split whose rows it sees; null for all rows.</summary>
    public required string? Branch { get; init; }

    /// <summary>What it computes.</summary>
    public required AggregateOptions Aggregate { get; init; }

    /// <summary>The sessions that are counted; null when rows are.</summary>
    public required SessionOptions? Sessions { get; init; }

    /// <summary>Size of the windows.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>From one window's start to the next; the size for tumbling windows.</summary>
    public required TimeSpan Slide { get; init; }

    /// <summary>When a running total starts anew; null when each window stands for itself.</summary>
    public required TimeSpan? RunningPeriod { get; init; }

    /// <summary>Where the running total was written; null when there is none.</summary>
    public HoconOrigin? RunningOrigin { get; init; }

    /// <summary>The group-by fields.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    /// <summary>The known keys; null when they are unknown.</summary>
    public required IReadOnlyList<IReadOnlyList<string>>? KnownKeys { get; init; }

    /// <summary>The most groups of a window with unknown keys; null for no limit but memory.</summary>
    public required int? MaxGroups { get; init; }

    /// <summary>Key selection; null when keys are known.</summary>
    public required KeySelectionOptions? Selection { get; init; }

    /// <summary>The bounds.</summary>
    public required ContributionBounds Bounds { get; init; }

    /// <summary>The noise.</summary>
    public required NoiseOptions Noise { get; init; }

    /// <summary>Where the query and its parts were written.</summary>
    public required QueryPlaces Places { get; init; }

    /// <summary>Queries of one shape share bounded windows and form one composition group.</summary>
    public string Shape => string.Join(
        '\u001e',
        [
            Branch ?? string.Empty, Window.ToString(), Slide.ToString(), string.Join('\u001f', GroupBy), Bounds.ToString(), $"{MaxGroups}", $"{Sessions?.Shape}",
            KnownKeys is null ? "unknown" : string.Join('\u001d', KnownKeys.Select(key => string.Join('\u001f', key))),
        ]);
}

/// <summary>What a query computes.</summary>
internal sealed record AggregateOptions
{
    /// <summary>The kind.</summary>
    public required AggregateKind Kind { get; init; }

    /// <summary>The measure; null for counts and distinct subjects.</summary>
    public string? Field { get; init; }

    /// <summary>Lower end of the clamp.</summary>
    public decimal Lower { get; init; }

    /// <summary>Upper end of the clamp.</summary>
    public decimal Upper { get; init; }

    /// <summary>Edges of a histogram.</summary>
    public IReadOnlyList<decimal> Edges { get; init; } = [];

    /// <summary>The quantiles.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = [];

    /// <summary>Bins of quantiles.</summary>
    public int Bins { get; init; }

    /// <summary>How many groups to publish; null for all.</summary>
    public int? Top { get; init; }
}

/// <summary>Sessions.</summary>
/// <param name="Gap">The longest pause inside one.</param>
/// <param name="MaxLength">What they are cut by.</param>
/// <param name="First">Fields of which the first value is kept.</param>
/// <param name="Last">Fields of which the last value is kept.</param>
/// <param name="MaxSessions">How many a lane holds.</param>
/// <param name="Place">Where they were written.</param>
internal sealed record SessionOptions(TimeSpan Gap, TimeSpan MaxLength, IReadOnlyList<string> First, IReadOnlyList<string> Last, int MaxSessions, string Place)
{
    /// <summary>What tells different sessions apart.</summary>
    public string Shape => $"{Gap} {MaxLength} {string.Join(',', First)} {string.Join(',', Last)} {MaxSessions}";
}

/// <summary>Key selection.</summary>
/// <param name="Mechanism">How keys are chosen.</param>
/// <param name="Cost">What a selection costs: a rho for a Gaussian threshold, an epsilon for others.</param>
/// <param name="Delta">Probability with which a subject may be revealed.</param>
/// <param name="PreThreshold">How many subjects a key needs at all.</param>
internal sealed record KeySelectionOptions(KeySelectionMechanism Mechanism, double Cost, double Delta, int PreThreshold);

/// <summary>Mechanisms of noise.</summary>
internal enum NoiseKind
{
    /// <summary>Exact discrete Laplace.</summary>
    Laplace,

    /// <summary>Exact discrete Gaussian.</summary>
    Gaussian,

    /// <summary>For running totals, at one cost for all of them.</summary>
    Continual,

    /// <summary>The choice of the largest keys.</summary>
    TopKeys,
}

/// <summary>The noise of a query: what one window costs, or with continual noise what all totals cost until the next start.</summary>
/// <param name="Kind">The mechanism.</param>
/// <param name="Rho">Its cost in rho; null when it is in epsilon.</param>
/// <param name="Epsilon">Its cost in epsilon.</param>
/// <param name="Delta">The delta beside it; 0 for Laplace.</param>
internal sealed record NoiseOptions(NoiseKind Kind, double? Rho, double Epsilon, double Delta)
{
    /// <summary>How totals share continual noise.</summary>
    public ContinualStrategy Strategy { get; init; }

    /// <summary>What noise on chosen keys' values costs, in the unit of the choice; null when keys alone are published.</summary>
    public double? Values { get; init; }
}

/// <summary>Where the parts of a query were written.</summary>
/// <param name="Query">The query.</param>
/// <param name="Bound">Its bounds and group-by.</param>
/// <param name="Window">Its window.</param>
/// <param name="Selection">Its key selection.</param>
/// <param name="Noise">Its noise.</param>
internal sealed record QueryPlaces(string Query, string Bound, string Window, string Selection, string Noise);
