using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Statistics;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>A query with its sensitivity.</summary>
public sealed record QueryPlan
{
    /// <summary>The query's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it computes.</summary>
    public required AggregateKind Aggregate { get; init; }

    /// <summary>Index of the summed measure in <see cref="BoundedWindowPlan.Sums"/>; or of the weights that a count adds; -1 otherwise.</summary>
    public required int SumIndex { get; init; }

    /// <summary>The largest weight of a row, for a count of weighted rows; 1 otherwise.</summary>
    public long LargestWeight { get; init; } = 1;

    /// <summary>The bounded window it reads.</summary>
    public required BoundedWindowPlan Bounded { get; init; }

    /// <summary>How many contributions of one subject can come or go when the rows of one subject do. Behind stages that move rows to
    /// other subjects: twice the product of how many each reaches, since a subject with rows of its own changes from one bounded
    /// contribution to another. Default: 1.</summary>
    public int Stability { get; init; } = 1;

    /// <summary>What is computed of several noised cells; null for counts, sums and distinct subjects.</summary>
    public QueryStatistic? Statistic { get; init; }

    /// <summary>The part of the statistic that noise is planned for; null for other queries.</summary>
    public StatisticPart? Part { get; init; }

    /// <summary>The statistic's parts with their noise; empty for other queries.</summary>
    public IReadOnlyList<NoisedPart> Parts { get; init; } = [];

    /// <summary>How many groups are published, those with the largest noised values; null for all.</summary>
    public int? Top { get; init; }

    /// <summary>The largest change of one group's value by one subject, in units (Linf); of a statistic's part, of its cells
    /// together.</summary>
    public long PerGroup => Aggregate switch
    {
        _ when Part is not null => Part.Change,
        AggregateKind.Count => Bounded.Bounds.RowsPerGroup * LargestWeight,
        AggregateKind.Sum => Math.Max(-Bounded.Sums[SumIndex].Lower, Bounded.Sums[SumIndex].Upper),
        _ => 1,
    };

    /// <summary>The largest change of all groups together by one subject in one window, in units: stability times L0 times Linf (L1).
    /// Neighbouring streams differ in all rows of one subject. The cost of a statistic is split evenly among its parts, so each is
    /// noised for that many times its change.</summary>
    public long Sensitivity => checked((long)Stability * Bounded.Bounds.Groups * PerGroup * Share);

    /// <summary>The largest sum over all groups of the squared changes by one subject in one window, in squared units: stability
    /// squared times L0 times Linf squared (L2 squared), since the changes of several subjects may all add up.</summary>
    public UInt128 SquaredSensitivity => checked((UInt128)Stability * (UInt128)Stability * (UInt128)Bounded.Bounds.Groups * (UInt128)Share * (Part?.SquaredChange ?? (UInt128)PerGroup * (UInt128)PerGroup));

    /// <summary>Value of one unit.</summary>
    public decimal Resolution => SumIndex < 0 || Statistic is not null ? 1 : Bounded.Sums[SumIndex].Resolution;

    /// <summary>What is counted, for releases: <c>count</c>, <c>sum(bytes)</c>, <c>distinct-subjects</c>.</summary>
    public string AggregateText => Top is { } top ? TopKeys is null ? $"top-{top} {Counted}" : $"top-{top} keys by {Counted}" : Counted;

    private string Counted => Aggregate switch
    {
        _ when Statistic is not null => Statistic.Text,
        AggregateKind.Count => SumIndex < 0 ? "count" : $"count(weight={Bounded.Sums[SumIndex].Field})",
        AggregateKind.Sum => $"sum({Bounded.Sums[SumIndex].Field})",
        _ => "distinct-subjects",
    };

    /// <summary>After how long a running total starts anew, milliseconds; null when each window stands for itself.</summary>
    public long? RunningMs { get; init; }

    /// <summary>The key selection; null when the keys are known.</summary>
    public IKeySelection? Selection { get; init; }

    /// <summary>The noise; set once the whole query is planned.</summary>
    public INoise? Noise { get; init; }

    /// <summary>The noise of running totals, when one cost pays for all of a period; null otherwise.</summary>
    public IContinualMechanism? Continual => Noise as IContinualMechanism;

    /// <summary>The choice of the largest keys; null when all keys' values are noised.</summary>
    public ITopKeys? TopKeys => Noise as ITopKeys;

    /// <summary>The largest change of one group's value by one subject when all its contributions are in that group, in units: stability
    /// times Linf. In how many groups a subject counts does not matter to a choice among them.</summary>
    public long ScoreSensitivity => checked((long)Stability * PerGroup);

    /// <summary>Whether a subject more changes all groups' values in one direction: its bounded contribution comes, nobody else's changes,
    /// and it has one sign.</summary>
    public bool IsOneSided => Stability == 1 && Part is null && (SumIndex < 0 || Bounded.Sums[SumIndex].Lower >= 0 || Bounded.Sums[SumIndex].Upper <= 0);

    /// <summary>How often at most an accounting period is charged for this query: once for each of W windows, or for each running total
    /// with continual noise that has steps in the period.</summary>
    public int ChargesPerPeriod => Continual is null
        ? Math.Min(Bounded.Bounds.Windows, Bounded.WindowsPerPeriod)
        : (int)Math.Max(1, Bounded.PeriodMs / RunningMs!.Value);

    /// <summary>The noise in words; of a statistic, that of each part.</summary>
    public string NoiseText => Parts.Count == 0 ? Noise!.Description : string.Join(", ", Parts.Select(part => $"{part.Part.Name}: {part.Noise.Description}"));

    /// <summary>What one release costs: selection and noise, in the measures of the mechanisms. With continual noise, what all totals
    /// until the next start cost together.</summary>
    public PrivacyCost Cost => Selection is null
        ? Noise!.Cost
        : Selection.Cost + Noise!.Cost;

    /// <summary>What one release charges the account, in the account's measure.</summary>
    public PrivacyCost Charge { get; init; }

    /// <summary>Whether a window is charged when windows of an accounting period come in order.</summary>
    /// <param name="window">The window's number in its period, from 1.</param>
    /// <returns>True for the first W windows; with continual noise, for the first of each running total.</returns>
    public bool IsCharged(int window) => Continual is null
        ? window <= ChargesPerPeriod
        : (window - 1) * Bounded.WindowMs % Math.Min(RunningMs!.Value, Bounded.PeriodMs) == 0;

    private int Share => Statistic?.Parts.Count ?? 1;

    /// <summary>The cost in an account's measure. Selection and noise are converted each by itself: the square of a sum exceeds
    /// the sum of squares.</summary>
    /// <param name="measure">The account's measure.</param>
    /// <returns>The charge, or null when the measure cannot hold a part.</returns>
    internal PrivacyCost? ChargeIn(PrivacyMeasure measure)
    {
        var noise = Noise!.Cost.ConvertTo(measure);
        return Selection is null ? noise : Selection.Cost.ConvertTo(measure) is { } selection && noise is { } rest ? selection + rest : null;
    }
}
