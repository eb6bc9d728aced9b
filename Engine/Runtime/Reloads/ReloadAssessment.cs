using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Planning.Diff;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>Compares a plan with one that runs, at a moment at which nothing is on its way through the lanes.</summary>
internal sealed class ReloadAssessment
{
    private const int MostPeriods = 3;

    private readonly PipelinePlan _before;
    private readonly PipelinePlan _after;
    private readonly FiringSchedule _schedule;
    private readonly ReleaseBook _book;
    private readonly (long Low, long High)? _seen;
    private readonly (long Low, long High)? _read;
    private readonly IReadOnlyList<ArrivalStamps> _pending;
    private readonly PlanDiff _diff;

    public ReloadAssessment(PipelinePlan before, PipelinePlan after, FiringSchedule schedule, FrontierTracker tracker, ReleaseBook book)
    {
        (_before, _after, _schedule, _book) = (before, after, schedule, book);
        _seen = tracker.Range;
        _read = schedule.Read(_seen);
        _pending = [.. tracker.Snapshot().SelectMany(partition => partition.Pending)];
        _diff = PlanDiff.Of(before, after);
        Places = [.. after.Branches.Select(branch => PlanDiff.SameState(before, branch))];
        Begins = [.. after.Branches.Select((branch, i) => Places[i] >= 0 ? schedule.Begins[Places[i]] : Begin(branch))];
    }

    /// <summary>For each branch of the new plan, the one whose state it takes; -1 for none.</summary>
    public IReadOnlyList<int> Places { get; }

    /// <summary>For each branch of the new plan, its first window; null when all that was read counts in it.</summary>
    public IReadOnlyList<long?> Begins { get; }

    /// <summary>Judges, with what the store holds.</summary>
    public ReloadReport Report(IReadOnlyList<AccountStatus> history, bool discardsOpenWindows)
    {
        var queries = _diff.Queries.Select(Query).ToList();
        var periods = Periods(history).ToList();
        return new ReloadReport
        {
            Diff = _diff,
            Queries = queries,
            Periods = periods,
            Refusals =
            [
                .. ReloadRules.Conflicts(_before, _after, _diff),
                .. Followers(),
                .. queries.Where(query => query.Change == PlanChange.New).SelectMany(query => Reused(query.Name)),
                .. discardsOpenWindows ? [] : queries.SelectMany(Losses),
                .. Unknown(),
                .. Overspent(periods),
            ],
        };
    }

    private ReloadedQuery Query(QueryChange query)
    {
        var (old, @new) = (BranchOf(_before, query.Name), BranchOf(_after, query.Name));
        var keeps = @new >= 0 && Places[@new] >= 0;
        return new ReloadedQuery(
            query.Name,
            query.Change,
            query.Change == PlanChange.Kept && keeps,
            @new < 0 ? null : AsTime(keeps ? _schedule.Open(Places[@new], _seen)?.StartMs : Begins[@new]),
            old < 0 || keeps ? null : _schedule.Open(old, _seen));
    }

    // What stages have learnt from releases, and rows that wait for them, are decided for one plan.
    private IEnumerable<string> Followers() => _before.Followers.Concat(_after.Followers).Select(follower => follower.Stage).Distinct()
        .Select(stage => $"stage '{stage}' follows what query '{_before.Followers.Concat(_after.Followers).First(follower => follower.Stage == stage).Query}' releases, which a reload cannot carry over; stop the run and start it with the new configuration");

    private IEnumerable<string> Losses(ReloadedQuery query)
    {
        const string Allow = "Allow that with discard-open-windows";
        if (query is { Change: PlanChange.Ended, Dropped: { } open })
        {
            yield return $"query '{query.Name}' ends while its windows {open} are open: they would never be released. {Allow}";
        }
        else if (query is { Change: PlanChange.Kept, KeepsState: false } && _read is not null)
        {
            var bounded = _before.Branches[BranchOf(_before, query.Name)].Bounded;
            var rest = bounded.Bounds.Windows < bounded.WindowsPerPeriod ? ", nor would those of the rest of the period, in which it would not be known how often subjects have counted" : string.Empty;
            yield return $"query '{query.Name}' would lose its state, since the queries that share its bounded window ask for other columns or limits now: its open windows would never be released{rest}. Give the new query bounds of its own, or allow that with discard-open-windows";
        }
    }

    private IEnumerable<string> Reused(string name)
    {
        var hash = _after.Branches.SelectMany(branch => branch.Queries).First(query => query.Query.Name == name).Hash;
        return _book.Queries.Where(query => query.Name == name && query.Hash != hash).Take(1)
            .Select(other => $"the store holds releases of a query '{name}' that meant other numbers (plan hash {other.Hash}, now {hash}): give the new query another name, such as '{name}-2'");
    }

    private IEnumerable<string> Unknown()
    {
        if (_read is null && _pending.Count > 0 && Places.Contains(-1))
        {
            yield return "too few rows have arrived to know which windows were read in full; try again in a moment";
        }
    }

    private IEnumerable<string> Overspent(List<ReloadedPeriod> periods)
    {
        foreach (var period in periods.Where(period => !period.Fits && _diff.Queries.Any(query => query.Change == PlanChange.New)))
        {
            if (!period.MayCharge.FitsIn(PlanCosts.OfRest(_before, period.Period, group => Charged(group, period.Period), _schedule.Begins)))
            {
                yield return $"period {period.Period} has {period.Left} left and may be charged {period.MayCharge} more: windows would be withheld. Reload in another period, or charge less";
            }
        }
    }

    private IEnumerable<ReloadedPeriod> Periods(IReadOnlyList<AccountStatus> history)
    {
        if (_read is not { } read || _before.Account != _after.Account)
        {
            yield break;
        }

        var length = (long)_after.Account.Period.TotalMilliseconds;
        var last = TimeWindow.FloorTo(read.High, length);
        var first = Enumerable.Range(0, _before.Branches.Count).Select(i => _schedule.Open(i, _seen)?.StartMs).OfType<long>().DefaultIfEmpty(last).Min();
        for (var start = Math.Max(TimeWindow.FloorTo(first, length), last - ((MostPeriods - 1) * length)); start <= last; start += length)
        {
            var period = new TimeWindow(start, start + length);
            var status = history.FirstOrDefault(status => status.PeriodStartMs == start);
            yield return new ReloadedPeriod(
                period,
                status?.Spent ?? PrivacyCost.Zero(_after.Account.Measure),
                status?.Left ?? _after.Account.BudgetPerPeriod,
                PlanCosts.OfRest(_after, period, group => Charged(group, period), Begins));
        }
    }

    private PrivacyCost Charged(string group, TimeWindow period) => _book.Charged(group, period.StartMs) ?? PrivacyCost.Zero(_after.Account.Measure);

    // Subjects count in W windows of a period for all queries of a group together. State that begins now does not know in how
    // many they have counted for others, so it begins with a period of its own.
    private long? Begin(BranchPlan branch)
    {
        var (bounded, group) = (branch.Bounded, branch.Bounded.Group);
        if (FirstUnread(bounded) is not { } first || !BoundsGuard.NeedsState(branch))
        {
            return FirstUnread(bounded);
        }

        var period = TimeWindow.Containing(first, bounded.PeriodMs);
        return first > period.StartMs && (_before.Branches.Any(other => other.Bounded.Group == group) || _book.Charged(group, period.StartMs) is not null)
            ? bounded.Grid.NextStart(period.EndMs)
            : first;
    }

    // Rows that were read have event times up to the last stamp and the allowed skew. A stage that holds rows begins anew at each
    // multiple of that time, so a window behind one knows all of its rows.
    private long? FirstUnread(BoundedWindowPlan bounded)
    {
        if (_read is not { } read)
        {
            return null;
        }

        // Stamps that wait to be confirmed may be damaged; those that can still be confirmed count.
        var last = _pending.Select(stamps => stamps.High).Where(high => high - read.High <= FrontierTracker.LongestGap).Append(read.High).Max();
        last += _after.Arrival == ArrivalMode.EventTime ? 0 : (long)_after.Settings.AllowedSkew.TotalMilliseconds;
        return bounded.Grid.NextStart(TimeWindow.FloorTo(last, bounded.HoldMs) + bounded.HoldMs);
    }

    private static int BranchOf(PipelinePlan plan, string query) => plan.Branches.ToList().FindIndex(branch => branch.Queries.Any(other => other.Query.Name == query));

    private static DateTimeOffset? AsTime(long? ms) => ms is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
