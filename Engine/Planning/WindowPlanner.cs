using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Statistics;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Resolves one bounded window and the queries that share it.</summary>
internal sealed class WindowPlanner(PipelineSettings settings, RowSchema schema, List<QueryPath> paths, SubjectReach reach, PlanErrors errors)
{
    private const int MaxPanes = 1440;
    private readonly BoundNode _bound = paths[0].Bound!;
    private readonly WindowNode _window = paths[0].Window!;
    private readonly List<SumField> _sums = [];

    private ColumnDefinition? Weight => schema.Columns.Select(pair => pair.Column).FirstOrDefault(column => column.LargestWeight > 0);

    public UnhashedBranch? Plan(IReadOnlyList<RowStagePlan> rows)
    {
        var before = errors.All.Count;
        var subject = Subject();
        var groupBy = _bound.GroupBy.Select(GroupBy).ToList();
        var statistics = new StatisticPlanner(schema, _sums, errors);
        var sumIndexes = paths.Select(path => Sum(path.Aggregate!)).ToList();
        var computed = paths.Select(path => statistics.Plan(path.Aggregate!)).ToList();
        CheckWindow();
        CheckHold(rows);
        CheckBounds();
        CheckKnownKeys();
        if (errors.All.Count > before)
        {
            paths.ForEach(path => BranchPlanner.Probe(path, errors));
            return null;
        }

        var bounded = Bounded(subject, groupBy) with
        {
            Derived = statistics.Columns,
            HoldMs = rows.Select(row => row.Plan.HoldMs).DefaultIfEmpty(1).Max(),
        };
        var queries = paths.Select((path, i) => (Query: Query(path, bounded, sumIndexes[i], computed[i]?.Create()), path.Sinks)).ToList();
        return errors.All.Count > before
            ? null
            : new UnhashedBranch(_bound.Subject, rows, bounded, () => _bound.CreateStage(bounded), [.. queries.Select(pair => (pair.Query!, pair.Sinks))]);
    }

    private BoundedWindowPlan Bounded(int subject, IReadOnlyList<GroupField> groupBy) => new()
    {
        Group = string.Empty,
        SubjectSlot = subject,
        GroupBy = groupBy,
        KnownKeys = groupBy.Count == 0 ? [[]] : _bound.KnownKeys,
        Bounds = _bound.Bounds,
        MaxGroups = groupBy.Count > 0 && _bound.KnownKeys is null ? _bound.MaxGroups : null,
        Sums = _sums,
        WindowMs = (long)_window.Size.TotalMilliseconds,
        SlideMs = (long)_window.Slide.TotalMilliseconds,
        PeriodMs = (long)(settings.Account?.Period ?? TimeSpan.FromDays(1)).TotalMilliseconds,
    };

    private int Subject()
    {
        var column = schema.Find(_bound.Subject);
        if (column is null)
        {
            errors.Add(_bound, $"subject '{_bound.Subject}' is not a field here; there are {schema.Names()}");
        }
        else if (column.Type != ColumnType.Token)
        {
            errors.Add(_bound, $"subject '{_bound.Subject}' must be tokenized: the privacy unit is a token");
        }

        return schema.IndexOf(_bound.Subject);
    }

    private GroupField GroupBy(string name)
    {
        var column = schema.Find(name);
        if (column is null)
        {
            errors.Add(_bound, $"group-by field '{name}' is not a field here; there are {schema.Names()}");
        }
        else if (column.Type == ColumnType.Token)
        {
            errors.Add(_bound, $"group-by field '{name}' is a token: a group would be one person");
        }
        else if (column.IsRaw)
        {
            errors.Add(_bound, $"group-by field '{name}' holds identifiers in the clear: treat it first");
        }
        else if (column.Type == ColumnType.Time)
        {
            errors.Add(_bound, $"group-by field '{name}' is a time: windows cut time");
        }

        return new GroupField(name, schema.IndexOf(name), column?.Type ?? ColumnType.Text);
    }

    private int Sum(AggregateNode node)
    {
        if (Weight is { } weight)
        {
            return Weighted(node, weight);
        }

        if (node.Aggregate != AggregateKind.Sum)
        {
            return -1;
        }

        var column = node.Field is null ? null : schema.Find(node.Field);
        if (column is not { Type: ColumnType.Int64 })
        {
            errors.Add(node, $"a sum needs a measure; '{node.Field}' is not a number here; there are {schema.Names()}");
            return -1;
        }

        if (Clamp(node, column.Resolution) is not { } clamp)
        {
            errors.Add(node, $"the clamp must hold 0 and more, in whole units of {column.Resolution}, and each end be at most 2^40 units: lower is {node.Lower}, upper is {node.Upper}");
            return -1;
        }

        return Add(new SumField(node.Field!, schema.IndexOf(node.Field!), clamp.Lower, clamp.Upper, column.Resolution));
    }

    // A row stands for as many rows as its weight says, so a count adds weights; a subject adds no more than its bound of rows
    // would at the largest weight.
    private int Weighted(AggregateNode node, ColumnDefinition weight)
    {
        var upper = _bound.Bounds.RowsPerGroup * weight.LargestWeight;
        if (node.Aggregate == AggregateKind.Count && upper <= SumField.Largest)
        {
            return Add(new SumField(weight.Name, schema.IndexOf(weight.Name), 0, upper, 1));
        }

        errors.Add(node, node.Aggregate == AggregateKind.Count
            ? $"bounds.rows-per-group times the largest weight is {upper}; it must be at most 2^40"
            : $"rows have weights here, '{weight.Name}' of up to {weight.LargestWeight}: only counts add them up, so query '{node.Name}' would describe the sample and not the whole");
        return -1;
    }

    private int Add(SumField sum)
    {
        if (!_sums.Contains(sum))
        {
            _sums.Add(sum);
        }

        return _sums.IndexOf(sum);
    }

    // The range in units, rounded towards 0; null when it is none.
    private static (long Lower, long Upper)? Clamp(AggregateNode node, decimal resolution)
    {
        try
        {
            var (lower, upper) = (decimal.Ceiling(node.Lower / resolution), decimal.Floor(node.Upper / resolution));
            return node.Lower <= 0 && node.Upper >= 0 && lower < upper && lower >= -SumField.Largest && upper <= SumField.Largest
                ? ((long)lower, (long)upper)
                : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private QueryPlan? Query(QueryPath path, BoundedWindowPlan bounded, int sumIndex, QueryStatistic? statistic)
    {
        var query = new QueryPlan
        {
            Name = path.Aggregate!.Name,
            Aggregate = path.Aggregate.Aggregate,
            SumIndex = sumIndex,
            Bounded = bounded,
            LargestWeight = Weight?.LargestWeight ?? 1,
            Stability = (int)Math.Min(2 * Stability.Largest, reach.Contributions),
            Statistic = statistic,
            Top = path.Aggregate.Top,
            RunningMs = (long?)path.Aggregate.RunningPeriod?.TotalMilliseconds,
        };
        if (query.RunningMs is not null && RunningFault(query) is { } fault)
        {
            errors.Add(path.Aggregate, $"query '{query.Name}' cannot be a running total: {fault}");
            return null;
        }

        if (bounded.KnownKeys is null && path.Selection is null)
        {
            errors.Add(path.Aggregate, $"the keys of query '{query.Name}' are unknown, so a key's presence would reveal a subject: give known keys or select keys");
            return null;
        }

        if (reach.Subjects > Stability.Largest || (Int128)query.Stability * bounded.Bounds.Groups * query.PerGroup > long.MaxValue)
        {
            errors.Add(path.Aggregate, $"query '{query.Name}' stands behind stages through which one subject reaches {reach.Subjects}, at {bounded.Bounds.Groups} groups of {query.PerGroup} units: at most {Stability.Largest} subjects and 2^63 units in all are planned for");
            return null;
        }

        if (reach.Moves && path.Selection is not null)
        {
            errors.Add(path.Selection, $"query '{query.Name}' stands behind stages through which one subject reaches {reach.Subjects}, with rows of their own: keys are selected by subjects, each of whom counts once, so give known keys");
            return null;
        }

        if (bounded.KnownKeys is not null && path.Selection is not null)
        {
            errors.Add(path.Selection, $"the keys of query '{query.Name}' are known: selecting keys would only spend budget");
            return null;
        }

        if (path.Noise!.ChoosesKeys && TopKeysFault(query) is { } choice)
        {
            errors.Add(path.Noise, $"query '{query.Name}' cannot publish the largest keys: {choice}");
            return null;
        }

        var selected = query with { Selection = path.Selection?.Plan(query, errors) };
        var planned = Noised(selected, path.Noise!);
        if (planned?.Noise is null || (path.Selection is not null && planned.Selection is null))
        {
            return null;
        }

        if (planned.ChargeIn(settings.Account?.Measure ?? planned.Cost.Measure) is { } charge)
        {
            return planned with { Charge = charge };
        }

        var remedy = planned.Cost.Measure == PrivacyMeasure.ZeroConcentrated ? "give the budget a rho, or the noise an epsilon and a delta" : "give the budget a delta";
        errors.Add(path.Noise!, $"query '{query.Name}' costs {planned.Cost}, which a {PrivacyMeasureNames.ToName(settings.Account!.Measure)} account cannot hold: {remedy}");
        return null;
    }

    private static string? RunningFault(QueryPlan query)
    {
        var bounded = query.Bounded;
        return query switch
        {
            { Statistic: not null } or { Top: not null } or { Aggregate: not (AggregateKind.Count or AggregateKind.Sum) } => "only counts and sums add up, and all of their groups",
            { Aggregate: AggregateKind.Count, SumIndex: >= 0 } => "rows have weights, and what their sample adds to the error does not add up from released numbers",
            { Bounded.KnownKeys: null } => "keys are unknown, and a key that is selected now and then has no total",
            _ when bounded.Grid.IsSliding => "its windows overlap",
            _ when query.RunningMs < bounded.WindowMs || query.RunningMs % bounded.WindowMs != 0 || query.RunningMs / bounded.WindowMs > RunningTotal.MostSteps =>
                $"its period must be 1 to {RunningTotal.MostSteps} times the window's size",
            _ => null,
        };
    }

    private static string? TopKeysFault(QueryPlan query) => query switch
    {
        { Bounded.KnownKeys: null } => "its keys are unknown, and a choice among the keys that are there would reveal a subject; give known keys",
        { Top: null } => "say how many with top",
        { Top: { } top, Bounded.KnownKeys: { } keys } when top > keys.Count => $"top is {top}, and {keys.Count} keys are known",
        _ => null,
    };

    private QueryPlan? Noised(QueryPlan query, NoiseNode node)
    {
        if (query.Statistic is not { } statistic)
        {
            return query with { Noise = node.Plan(query, errors) };
        }

        var parts = new List<NoisedPart>();
        foreach (var part in statistic.Parts)
        {
            if ((Int128)query.Stability * query.Bounded.Bounds.Groups * part.Change * statistic.Parts.Count > long.MaxValue)
            {
                errors.Add(node, $"query '{query.Name}' could change by more than 2^63 units: lower its bounds ({query.Bounded.Bounds.Groups} groups of {part.Change} units)");
                return null;
            }

            if (node.Plan(query with { Part = part }, errors) is not INoiseMechanism noise)
            {
                return null;
            }

            parts.Add(new NoisedPart(part, noise));
        }

        return query with { Part = statistic.Parts[0], Parts = parts, Noise = parts[0].Noise };
    }

    private void CheckWindow()
    {
        var period = settings.Account?.Period ?? TimeSpan.FromDays(1);
        var (size, slide) = (_window.Size, _window.Slide);
        if (size < TimeSpan.FromSeconds(1) || size > period || size.Ticks % TimeSpan.TicksPerMillisecond != 0 || (_window is not SlidingWindowNode && period.Ticks % size.Ticks != 0))
        {
            errors.Add(_window, $"window size {size} must be from 1 second to the accounting period ({period}){(_window is SlidingWindowNode ? string.Empty : " and divide it")}");
        }
        else if (slide < TimeSpan.FromSeconds(1) || slide > size || size.Ticks % slide.Ticks != 0 || period.Ticks % slide.Ticks != 0 || slide.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            errors.Add(_window, $"slide {slide} must be from 1 second to the window's size ({size}) and divide it and the accounting period ({period})");
        }
        else if (size / slide > MaxPanes)
        {
            errors.Add(_window, $"a window of {size} every {slide} has {size / slide} panes; at most {MaxPanes} are allowed");
        }
    }

    // A stage that follows windows makes rows of one period only if it lets go of everything where a period ends.
    private void CheckHold(IReadOnlyList<RowStagePlan> rows)
    {
        var period = (long)(settings.Account?.Period ?? TimeSpan.FromDays(1)).TotalMilliseconds;
        var holds = rows.Where(row => row.Plan.HoldMs > 1).ToList();
        if (holds.Count > 1)
        {
            errors.Add(_window, $"{holds.Count} stages follow the windows of one query: {string.Join(", ", holds.Select(row => $"'{row.Name}'"))}; one may");
        }

        foreach (var row in holds.Where(row => row.Plan.HoldMs > period || period % row.Plan.HoldMs != 0))
        {
            errors.Add(_window, $"stage '{row.Name}' holds rows for {TimeSpan.FromMilliseconds(row.Plan.HoldMs)}, which must divide the accounting period ({TimeSpan.FromMilliseconds(period)})");
        }
    }

    private void CheckBounds()
    {
        var bounds = _bound.Bounds;
        Check(bounds.Groups, "groups", ContributionBounds.Largest);
        Check(bounds.RowsPerGroup, "rows-per-group", ContributionBounds.Largest);
        var period = settings.Account?.Period ?? TimeSpan.FromDays(1);
        if (_window.Size > TimeSpan.Zero && _window.Slide > TimeSpan.Zero)
        {
            Check(bounds.Windows, "windows", Math.Max(1, ((period - _window.Size).Ticks / _window.Slide.Ticks) + 1));
        }

        if (_bound.MaxGroups is < 1 or > 100_000_000)
        {
            errors.Add(_bound, $"max-groups is {_bound.MaxGroups}; it must be from 1 to 100000000");
        }

        if (_bound.GroupBy.Count == 0 && bounds.Groups != 1)
        {
            errors.Add(_bound, $"bounds.groups is {bounds.Groups}, but a query without group-by has one group: it must be 1");
        }
    }

    private void Check(int value, string name, long largest)
    {
        if (value < 1 || value > largest)
        {
            errors.Add(_bound, $"bounds.{name} is {value}; it must be from 1 to {largest}");
        }
    }

    private void CheckKnownKeys()
    {
        if (_bound.KnownKeys is not { } keys)
        {
            return;
        }

        if (_bound.GroupBy.Count == 0)
        {
            errors.Add(_bound, "known keys are given, but no field to group by");
            return;
        }

        if (keys.Count is < 1 or > 1_000_000 || keys.Any(key => key.Count != _bound.GroupBy.Count))
        {
            errors.Add(_bound, $"known keys are 1 to 1,000,000 keys of {_bound.GroupBy.Count} parts each");
        }
        else if (keys.Select(key => Convert.ToHexString(WindowAggregate.EncodeKey(key))).Distinct().Count() != keys.Count)
        {
            errors.Add(_bound, "a known key is listed twice");
        }
    }
}
