using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Keeps about a target of rows of each key: each row with a probability of 1 / weight, decided by its subject's token, where the
/// weight follows what a count of the same pipeline has released for the key. Counts behind it add weights and so estimate the
/// whole (Horvitz and Thompson 1952). What was released is noised already, so the weights cost nothing.</summary>
/// <param name="subjectField">The column of tokens.</param>
/// <param name="follow">The name of the query that is followed: a count behind this stage, in tumbling windows, grouped by
/// <see cref="Key"/> and nothing else.</param>
/// <param name="target">How many rows to keep in <see cref="Per"/> for each key at most, in expectation: above 0 to 10^12.</param>
/// <param name="floor">The smallest rate, 10^-6 to 1. The largest weight is 1 / this, rounded down, and the sensitivity of every count
/// behind the stage is multiplied by that.</param>
public sealed class AdaptiveSampleOperator(string subjectField, string follow, double target, double floor) : RowOperator
{
    private const double LargestTarget = 1e12;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <inheritdoc />
    public override string Kind => "adaptive-sample";

    /// <summary>The column of tokens.</summary>
    public string SubjectField { get; } = subjectField;

    /// <summary>The query that is followed.</summary>
    public string Follow { get; } = follow;

    /// <summary>Rows to keep at most, in expectation.</summary>
    public double Target { get; } = target;

    /// <summary>The smallest rate.</summary>
    public double Floor { get; } = floor;

    /// <summary>The field by which rates differ, a text or a whole number, for example a site. Default: none, one rate for all rows.</summary>
    public string? Key { get; init; }

    /// <summary>The time that <see cref="Target"/> is for, 1 millisecond to 366 days. Default: a window of the followed query.</summary>
    public TimeSpan? Per { get; init; }

    /// <summary>The rate of a key of which nothing is known: <see cref="Floor"/> to 1. Default: the floor, so that neither the first rows nor made-up
    /// keys exceed what the floor allows, and all are represented as the floor promises.</summary>
    public double? Initial { get; init; }

    /// <summary>The share of the newest release in the estimate of a key's traffic, 0.01 to 1. Default: 0.5.</summary>
    public double Smoothing { get; init; } = 0.5;

    /// <summary>How long after a window may fire its release begins to decide, 0 to 366 days. Rows that are read further ahead, from large
    /// batches, from partitions of unlike progress or while releases are stored, wait in the stage. Default: 10 seconds.</summary>
    public TimeSpan Lead { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The name of the column of weights that the stage adds. Default: <c>sample-weight</c>.</summary>
    public string Weight { get; init; } = "sample-weight";

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        CheckOptions(errors);
        CheckFields(input, errors);
        if (errors.All.Count > before)
        {
            return null;
        }

        var largest = RatePolicy.WeightOf(Floor);
        var (subject, key, slot) = (input.IndexOf(SubjectField), Key is null ? -1 : input.IndexOf(Key), input.NextSlot);
        var keyType = Key is null ? ColumnType.Text : input.Find(Key)!.Type;
        return new RowPlan(
            input.Add(new ColumnDefinition(Weight, ColumnType.Int64, FieldClass.Measure) { LargestWeight = largest }),
            () => new AdaptiveSampleStage(new AdaptiveSlots(subject, key, keyType, slot), input),
            FormattableString.Invariant($"adaptive-sample(subject={SubjectField},follow={Follow},key={Key},target={Target:R},per={Per},floor={Floor:R},initial={Initial ?? Floor:R},smoothing={Smoothing:R},lead={Lead},weight={Weight})"),
            Stability.OneToOne)
        {
            Weight = largest,
            SampledSlot = subject,
            Follows = new FollowPlan(this, Follow, Bind),
        };
    }

    private IReleaseFollower? Bind(FollowedQuery query, PlanErrors errors)
    {
        var bounded = query.Plan.Bounded;
        if (query.Plan is not { Aggregate: AggregateKind.Count, Statistic: null, Top: null, RunningMs: null })
        {
            errors.Add(this, $"query '{Follow}' cannot be followed: it must be a count, of each window by itself and with all of its groups");
            return null;
        }

        var groups = bounded.GroupBy.Select(field => field.Name).ToList();
        if (!groups.SequenceEqual(Key is null ? [] : [Key]))
        {
            errors.Add(this, $"query '{Follow}' is grouped by {(groups.Count == 0 ? "nothing" : string.Join(", ", groups.Select(name => $"'{name}'")))}; it must be grouped by {(Key is null ? "nothing, or the sample be given that key" : $"'{Key}' and nothing else")}");
            return null;
        }

        var policy = Policy(query, bounded);
        if (policy.Lag > RatePolicy.MostLag)
        {
            errors.Add(this, $"rates would hold {policy.Lag} windows after the one they follow; allowed lateness, skew and lead may be at most {RatePolicy.MostLag - 1} windows of query '{Follow}' ({TimeSpan.FromMilliseconds(bounded.WindowMs)}) together");
            return null;
        }

        return new RateFollower(policy);
    }

    private RatePolicy Policy(FollowedQuery query, BoundedWindowPlan bounded) => new()
    {
        Target = Per is { } per ? Target * bounded.WindowMs / per.TotalMilliseconds : Target,
        Largest = RatePolicy.WeightOf(Floor),
        Initial = RatePolicy.WeightOf(Initial ?? Floor),
        Smoothing = Smoothing,
        WindowMs = bounded.WindowMs,
        LatenessMs = query.LatenessMs,
        SkewMs = query.SkewMs,
        LeadMs = (long)Lead.TotalMilliseconds,
        LongestMs = query.LongestMs,
    };

    private void CheckOptions(PlanErrors errors)
    {
        Check(Target > 0 && Target <= LargestTarget, FormattableString.Invariant($"target {Target:R} is out of range; it must be above 0 and at most 10^12"), errors);
        Check(Floor >= 1.0 / WeightedSampleOperator.LargestOfAll && Floor <= 1, FormattableString.Invariant($"floor {Floor:R} is out of range; it must be from 10^-6 to 1"), errors);
        Check(Initial is not { } initial || (initial >= Floor && initial <= 1), FormattableString.Invariant($"initial {Initial:R} is out of range; it must be from the floor ({Floor:R}) to 1"), errors);
        Check(Smoothing is >= 0.01 and <= 1, FormattableString.Invariant($"smoothing {Smoothing:R} is out of range; it must be from 0.01 to 1"), errors);
        Check(Per is not { } per || (per >= TimeSpan.FromMilliseconds(1) && per <= Longest), $"per {Per} is out of range; it must be from 1 millisecond to 366 days", errors);
        Check(Lead >= TimeSpan.Zero && Lead <= Longest, $"lead {Lead} is out of range; it must be from 0 to 366 days", errors);
    }

    private void CheckFields(RowSchema input, PlanErrors errors)
    {
        var (subject, key) = (input.Find(SubjectField), Key is null ? null : input.Find(Key));
        Check(subject is not null, $"there is no field '{SubjectField}' to sample by; there are {input.Names()}", errors);
        Check(subject is null or { Type: ColumnType.Token }, $"field '{SubjectField}' is of type {subject?.Type}; sampling goes by a token: tokenize the field first", errors);
        Check(Key is null || key is not null, $"there is no field '{Key}' to tell rates apart by; there are {input.Names()}", errors);
        Check(key is null or { Type: ColumnType.Text or ColumnType.Int64 }, $"field '{Key}' is of type {key?.Type}; a key is a text or a whole number", errors);
        Check(input.Columns.All(pair => pair.Column.LargestWeight == 0), "rows have weights already; one weighted sample is enough", errors);
        var raw = input.Columns.FirstOrDefault(pair => pair.Column.IsRaw).Column;
        Check(raw is null, $"field '{raw?.Name}' is an identifier in the clear; treat it first, since rows may wait here and are stored then", errors);
        Check(input.Find(Weight) is null, $"there is a field '{Weight}' already; give the weights another name with weight", errors);
    }

    private void Check(bool isSound, string mistake, PlanErrors errors)
    {
        if (!isSound)
        {
            errors.Add(this, mistake);
        }
    }
}
