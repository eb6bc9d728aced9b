using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>
/// Keeps W across lost state. How often a subject has counted in a period is part of the pipeline's state. A pipeline that
/// starts anew, on a store in which earlier windows of the same period and composition group were released, does not know
/// it: its subjects could count in W more windows while the ledger charges for W. So it may release further windows of
/// such a period only if it has read the period again from the first of those windows on.
/// </summary>
internal sealed class BoundsGuard(PipelinePlan plan)
{
    private const int PageSize = 1000;
    private readonly Dictionary<(string Group, long PeriodMs), long> _earlier = [];
    private readonly HashSet<string> _givenUp = [];
    private readonly long?[] _stateFrom = new long?[plan.Branches.Count];

    /// <summary>First released windows of periods that an earlier state has released from.</summary>
    public IReadOnlyList<EarlierPeriod> Earlier => [.. _earlier.Select(pair => new EarlierPeriod(pair.Key.Group, pair.Key.PeriodMs, pair.Value))];

    /// <summary>For each branch, from which window on this state has seen everything.</summary>
    public IReadOnlyList<long?> StateFrom => _stateFrom;

    /// <summary>Takes up what the checkpoint of this state says.</summary>
    public void Restore(IReadOnlyList<EarlierPeriod> earlier, IReadOnlyList<long?> stateFrom)
    {
        foreach (var period in earlier)
        {
            _earlier[(period.Group, period.PeriodMs)] = period.FirstMs;
        }

        for (var i = 0; i < Math.Min(_stateFrom.Length, stateFrom.Count); i++)
        {
            _stateFrom[i] = stateFrom[i];
        }
    }

    /// <summary>Looks up what earlier states have released; for a pipeline that starts anew.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="outbox">The outbox.</param>
    /// <param name="otherKeysUntil">The last place in the outbox at which subjects had other names (<see cref="SubjectKeys"/>): a state
    /// that has read their rows again does not know how often they counted under those.</param>
    public async ValueTask LoadAsync(IStoreTransaction transaction, IOutbox outbox, long otherKeysUntil)
    {
        var groups = plan.Branches.Where(NeedsState).Select(branch => branch.Bounded.Group).ToHashSet();
        long after = 0;
        while (groups.Count > 0)
        {
            var page = await outbox.ReadAsync(transaction, after, PageSize).ConfigureAwait(false);
            foreach (var (sequence, release) in page)
            {
                after = sequence;
                if (release.Id.Account == plan.Account.Account && groups.Contains(release.Receipt.CompositionGroup))
                {
                    Note(release.Receipt.CompositionGroup, release.Receipt.PeriodStartMs, sequence <= otherKeysUntil ? long.MinValue : release.Id.Window.StartMs);
                }
            }

            if (page.Count < PageSize)
            {
                return;
            }
        }
    }

    /// <summary>Notes windows that an earlier run gave up. They stay withheld: released now, they would be windows in which
    /// subjects count beside those that were released without them.</summary>
    public void NoteGivenUp(IEnumerable<string> ids) => _givenUp.UnionWith(ids);

    /// <summary>Why a window that fires may not be released anew; null when it may.</summary>
    public Refusal? Check(int branch, ReleaseId id, WindowAggregate aggregate)
    {
        if (Blocks(branch, id.Window))
        {
            return Refuse(branch, id.Window);
        }

        return aggregate.IsGivenUp || aggregate.Count > plan.Branches[branch].Bounded.MaxGroups || _givenUp.Contains(id.ToString())
            ? new Refusal(
                RefusalCode.StateLimit,
                $"Window {id.Window} needed more than the {Limits(branch)} that are allowed, so its state was given up; it stays withheld. "
                + "Raise the limit for windows to come, use known keys, generalise the key or make windows smaller.")
            : null;
    }

    /// <summary>A window was given up that an earlier state had released: who counted in it is not known, so nothing more of
    /// its period is released.</summary>
    public void Lose(int branch, TimeWindow window)
    {
        if (NeedsState(plan.Branches[branch]))
        {
            var bounded = plan.Branches[branch].Bounded;
            _earlier[(bounded.Group, TimeWindow.FloorTo(window.StartMs, bounded.PeriodMs))] = long.MinValue;
        }
    }

    /// <summary>Forgets periods that block nothing any more. Where every window has fired, none is asked for again by this state: a row
    /// that comes for one is a dead letter (<c>AfterFiring</c>). Where the state covers the period from its first released window on,
    /// it knows how often subjects have counted; a state that covers a window goes on covering it. A period that was lost
    /// (<see cref="Lose"/>) is covered by nothing and stays until its last window has fired.</summary>
    public void Prune(IReadOnlyList<long?> firedUpTo)
    {
        var branches = plan.Branches.Select((branch, i) => (branch.Bounded, FiredUpTo: firedUpTo[i], Place: i)).ToLookup(branch => branch.Bounded.Group);
        foreach (var ((group, period), first) in _earlier)
        {
            // A dictionary may lose entries while it is walked through. Branches of one group may have come to different windows.
            if (branches[group].All(branch => period + branch.Bounded.PeriodMs <= branch.FiredUpTo || Covers(branch.Place, first)))
            {
                _earlier.Remove((group, period));
            }
        }
    }

    /// <summary>Notes the range that a firing covers.</summary>
    public void Cover(Firing firing)
    {
        for (var i = 0; i < _stateFrom.Length; i++)
        {
            var from = firing.Frontiers[i].FireFromMs;
            if (from != long.MinValue)
            {
                _stateFrom[i] = Math.Min(_stateFrom[i] ?? long.MaxValue, from);
            }
        }
    }

    /// <summary>Whether a window may only be released if it has been already.</summary>
    private bool Blocks(int branch, TimeWindow window)
    {
        var bounded = plan.Branches[branch].Bounded;
        var period = TimeWindow.FloorTo(window.StartMs, bounded.PeriodMs);
        return _earlier.TryGetValue((bounded.Group, period), out var first) && !Covers(branch, first);
    }

    // Rows that are chosen by what was released before may be others when they are read again, so subjects could count in other windows.
    private bool Covers(int branch, long first) => _stateFrom[branch] <= first && !plan.Branches[branch].FollowsReleases;

    /// <summary>The refusal of a blocked window.</summary>
    private Refusal Refuse(int branch, TimeWindow window)
    {
        var bounded = plan.Branches[branch].Bounded;
        var period = TimeWindow.Containing(window.StartMs, bounded.PeriodMs);
        return new Refusal(
            RefusalCode.BoundsUnknown,
            $"Earlier windows of period {period} were released from a state that this run did not take up, so it is not known how often a subject has counted in it; a subject may count in {bounded.Bounds.Windows} windows. "
            + Remedy(branch, period.StartMs));
    }

    private string Remedy(int branch, long periodMs) => plan.Branches[branch] switch
    {
        { FollowsReleases: true } => "Its rows are sampled at rates that follow releases, so they cannot be read again as they were: wait for the next period.",
        { Bounded.Group: var group } when _earlier[(group, periodMs)] == long.MinValue => "Who counted in them is not known (their state was given up, or subjects had other names under another key): wait for the next period.",
        _ => "Read the whole period again from its first released window on, or wait for the next period.",
    };

    private string Limits(int branch) =>
        plan.Branches[branch].Bounded.MaxGroups is { } groups ? $"memory (runtime.state-memory-limit) or the {groups} groups (max-groups)" : "memory (runtime.state-memory-limit)";

    // Where every window of a period may count, there is nothing to remember from one to the next.
    internal static bool NeedsState(BranchPlan branch) => branch.Bounded.Bounds.Windows < branch.Bounded.WindowsPerPeriod;

    private void Note(string group, long periodMs, long startMs) =>
        _earlier[(group, periodMs)] = Math.Min(startMs, _earlier.GetValueOrDefault((group, periodMs), long.MaxValue));
}

/// <summary>A period in which an earlier state has released windows.</summary>
/// <param name="Group">The composition group.</param>
/// <param name="PeriodMs">Start of the period.</param>
/// <param name="FirstMs">Start of the first of those windows.</param>
internal sealed record EarlierPeriod(string Group, long PeriodMs, long FirstMs);
