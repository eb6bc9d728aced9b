using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Noise.Continual;
using AkkaPrivacy.Tests.Simulation;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>A query with its mechanisms.</summary>
internal sealed record PlayQuery(AggregateNode Node, NoiseNode Noise, SelectKeys? Selection);

/// <summary>A bounded window and the queries over it, which form one composition group.</summary>
internal sealed record PlayBranch(string[] GroupBy, string[][]? KnownKeys, ContributionBounds Bounds, TimeSpan Window, int Panes, IReadOnlyList<SimStep> Steps)
{
    /// <summary>The longest pause of sessions, which are counted instead of rows; null when rows are.</summary>
    public TimeSpan? Gap { get; init; }

    public TimeSpan MaxLength { get; init; }

    /// <summary>Whether rows are sampled at rates that follow what the first query has released.</summary>
    public bool Follows { get; init; }

    public IReadOnlyList<PlayQuery> Queries { get; init; } = [];

    public bool IsWeighted => Follows || Steps.Contains(SimStep.Weigh);

    /// <summary>For the message of a failure.</summary>
    public string Text =>
        $"{string.Join(',', GroupBy)} ({(KnownKeys is null ? "unknown" : "known")}), {Bounds.Groups} x {Bounds.RowsPerGroup} x {Bounds.Windows}, {Window} in {Panes} panes{(Follows ? ", follows" : "")}{(Gap is null ? "" : $", sessions {Gap} {MaxLength}")}, "
        + $"steps {string.Join(' ', Steps)}, queries {string.Join(' ', Queries.Select(query => $"{query.Node.Name}={query.Node.Aggregate}{(query.Node.RunningPeriod is null ? "" : $" running {query.Node.RunningPeriod}")}/{query.Noise.Kind}"))}";
}

/// <summary>Draws branches of all kinds.</summary>
internal sealed class PlayBranches(Random random, PlayShape shape, bool inRho, PlayMoves moves)
{
    private static readonly SimStep[] Anywhere =
        [SimStep.NoErrors, SimStep.Expand, SimStep.Low, SimStep.High, SimStep.Affine, SimStep.Sample, SimStep.Throw, SimStep.Trip, SimStep.EnrichOrDrop, SimStep.Join];

    private int _number;

    public IReadOnlyList<PlayBranch> Draw(bool mayFollow)
    {
        var count = random.Next(1, 4);
        var branches = Enumerable.Range(0, count).Select(_ => Branch()).ToList();
        if (mayFollow && !shape.IsSparse && moves == PlayMoves.None && random.Next(5) == 0)
        {
            branches[0] = Following();
        }

        return branches.ConvertAll(branch => branch with { Queries = Queries(branch) });
    }

    /// <summary>Draws running totals with continual noise.</summary>
    public IReadOnlyList<PlayBranch> Totals()
    {
        var bounds = new ContributionBounds { Groups = random.Next(1, 4), RowsPerGroup = random.Next(1, 4), Windows = random.Next(1, 6) };
        var branch = new PlayBranch(["status"], [["200"], ["301"], ["404"]], bounds, TimeSpan.FromMinutes(new[] { 20, 30 }[random.Next(2)]), 1, []);
        var period = TimeSpan.FromHours(new[] { 2, 6, 12 }[random.Next(3)]);
        return
        [
            branch with
            {
                Queries =
                [
                    .. new[] { ContinualStrategy.Tree, ContinualStrategy.SquareRoot }.Select(strategy => new PlayQuery(
                        random.Next(2) == 0 ? new AggregateNode(Name(), AggregateKind.Count) { RunningPeriod = period } : Sum("ms", period), new ContinualNoise(Cost()) { Strategy = strategy }, null)),
                ],
            },
        ];
    }

    private PlayBranch Branch() => random.Next(10) switch
    {
        0 => Shape([], null),
        1 => Shape(["status"], [["200"], ["301"], ["404"]]),
        2 => Shape(["page"], null),
        3 => Shape(["page"], [["/a"], ["/b"], ["/x"], ["/never"]]),
        4 => Shape(["page", "status"], [["/a", "200"], ["/b", "200"], ["/b", "404"], ["/zz", "500"], ["/c", "301"]]),
        5 => Sessions(Shape(["first-page"], random.Next(2) == 0 ? [["/a"], ["/b"]] : null)),
        6 => Shape(["section"], random.Next(2) == 0 ? [["news"], ["other"]] : null, random.Next(2) == 0 ? SimStep.Enrich : SimStep.EnrichOrDefault),
        7 => Shape(["tier", "status"], null, random.Next(2) == 0 ? SimStep.Join : SimStep.JoinOrDrop),
        8 => Shape(["parity"], [["even"], ["odd"]], SimStep.Batch),
        _ => Shape(["page"], random.Next(2) == 0 ? [["/a"], ["/x"]] : null, SimStep.Weigh),
    };

    // Behind stages that move rows, keys are known.
    private PlayBranch Shape(string[] groupBy, string[][]? known, params SimStep[] needed)
    {
        if (known is null && groupBy.Length > 0 && moves != PlayMoves.None)
        {
            return Shape(["status"], [["200"], ["404"], ["500"]]);
        }

        var window = shape.IsSparse ? TimeSpan.FromHours(random.Next(2) == 0 ? 12 : 24) : TimeSpan.FromMinutes(new[] { 10, 30, 60, 120 }[random.Next(4)]);
        var panes = random.Next(4) == 0 ? random.Next(2) == 0 ? 2 : 5 : 1;
        var perPeriod = (int)(((shape.Period - window).Ticks / (window / panes).Ticks) + 1);
        var bounds = new ContributionBounds
        {
            Groups = groupBy.Length == 0 ? 1 : random.Next(1, 4),
            RowsPerGroup = random.Next(1, 5),
            Windows = random.Next(1, Math.Min(panes > 1 ? 12 : 6, perPeriod) + 1),
        };
        return new PlayBranch(groupBy, known, bounds, window, panes, Steps(needed));
    }

    private PlayBranch Sessions(PlayBranch branch) => branch.GroupBy is not ["first-page"] ? branch : branch with
    {
        Gap = TimeSpan.FromMinutes(random.Next(1, 60)),
        MaxLength = TimeSpan.FromHours(shape.IsSparse ? 12 : new[] { 1, 3, 6 }[random.Next(3)]),
    };

    private PlayBranch Following()
    {
        var branch = Shape(["page"], random.Next(2) == 0 ? [["/a"], ["/b"], ["/c"]] : null);
        return branch with
        {
            Panes = 1,
            Window = TimeSpan.FromMinutes(60),
            Bounds = branch.Bounds with { Windows = Math.Min(branch.Bounds.Windows, 6) },
            Steps = [.. branch.Steps.Where(step => step is not (SimStep.Sample or SimStep.Weigh))],
            Follows = true,
        };
    }

    private List<PlayQuery> Queries(PlayBranch branch)
    {
        var measure = branch.Gap is null ? "ms" : "events";
        var running = branch is { KnownKeys: not null, Panes: 1, IsWeighted: false } && random.Next(2) == 0;
        return [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Query(branch, running && random.Next(2) == 0 ? Running(branch, measure) : Aggregate(branch, measure)))];
    }

    private PlayQuery Query(PlayBranch branch, AggregateNode node)
    {
        NoiseNode noise = node.RunningPeriod is not null && inRho && random.Next(3) > 0
            ? new ContinualNoise(Cost()) { Strategy = (ContinualStrategy)random.Next(3) }
            : inRho && random.Next(4) > 0 ? new GaussianNoise(Cost()) : new LaplaceNoise(Cost());
        return new PlayQuery(node, noise, branch.KnownKeys is null && branch.GroupBy.Length > 0 ? Selection() : null);
    }

    private double Cost() => Math.Pow(10, -1 + (random.NextDouble() * 1.5));

    private SelectKeys Selection() => random.Next(1, 4) is var threshold && inRho ? SelectKeys.ByGaussianThreshold(Cost(), 1e-9, threshold)
        : random.Next(2) == 0 ? SelectKeys.ByLaplaceThreshold(Cost(), 1e-9, threshold)
        : new SelectKeys(Cost(), 1e-9) { PreThreshold = threshold };

    private AggregateNode Running(PlayBranch branch, string measure)
    {
        var period = TimeSpan.FromHours(shape.IsSparse ? 24 : new[] { 2, 6, 12 }.Where(hours => shape.Period.TotalHours % hours == 0 || hours % shape.Period.TotalHours == 0).ToArray() is var fitting ? fitting[random.Next(fitting.Length)] : 0);
        return random.Next(2) == 0 || branch.Gap is not null
            ? new AggregateNode(Name(), AggregateKind.Count) { RunningPeriod = period }
            : Sum(measure, period);
    }

    private AggregateNode Aggregate(PlayBranch branch, string measure) => (branch.IsWeighted ? 0 : random.Next(9)) switch
    {
        0 => new AggregateNode(Name(), AggregateKind.Count) { Top = !branch.Follows && random.Next(4) == 0 ? 2 : null },
        1 => new AggregateNode(Name(), AggregateKind.DistinctSubjects),
        2 or 3 => Sum(measure, null),
        4 => new AggregateNode(Name(), AggregateKind.Mean) { Field = measure, Lower = 2, Upper = 31 },
        5 => new AggregateNode(Name(), AggregateKind.Variance) { Field = measure, Lower = 0, Upper = 17 },
        6 => new AggregateNode(Name(), AggregateKind.Quantiles) { Field = measure, Lower = 0, Upper = 64, Bins = 8 },
        7 => new AggregateNode(Name(), AggregateKind.Histogram) { Field = measure, Edges = [0, 2, 10, 50] },
        _ => new AggregateNode(Name(), AggregateKind.Count),
    };

    private AggregateNode Sum(string measure, TimeSpan? running)
    {
        var (lower, upper) = new[] { (0m, 30m), (-2m, 120m), (-40m, 5m) }[random.Next(3)];
        return new AggregateNode(Name(), AggregateKind.Sum) { Field = measure, Lower = lower, Upper = upper, RunningPeriod = running };
    }

    private string Name() => $"q{_number++}";

    // As in the simulation: what a window needs stands somewhere between others, and rows have weights once.
    private List<SimStep> Steps(SimStep[] needed)
    {
        var steps = new List<SimStep>(needed);
        for (var count = random.Next(3); count > 0; count--)
        {
            var step = Anywhere[random.Next(Anywhere.Length)];
            if (!steps.Any(other => Adds(other) is var added && (other == step || (added != ' ' && added == Adds(step)))))
            {
                steps.Insert(random.Next(steps.Count + 1), step);
            }
        }

        return steps;
    }

    private static char Adds(SimStep step) => step switch
    {
        SimStep.Enrich or SimStep.EnrichOrDrop or SimStep.EnrichOrDefault => 's',
        SimStep.Join or SimStep.JoinOrDrop => 't',
        SimStep.Sample or SimStep.Weigh => 'r',
        _ => ' ',
    };
}
