using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

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
    public async ValueTask LoadAsync(IStoreTransaction transaction, IOutbox outbox)
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
                    Note(release.Receipt.CompositionGroup, release.Receipt.PeriodStartMs, release.Id.Window.StartMs);
                }
            }

            if (page.Count < PageSize)
            {
                return;
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
    public bool Blocks(int branch, TimeWindow window)
    {
        var bounded = plan.Branches[branch].Bounded;
        var period = TimeWindow.FloorTo(window.StartMs, bounded.PeriodMs);
        return _earlier.TryGetValue((bounded.Group, period), out var first) && !(_stateFrom[branch] <= first);
    }

    /// <summary>The refusal of a blocked window.</summary>
    public Refusal Refuse(int branch, TimeWindow window)
    {
        var bounded = plan.Branches[branch].Bounded;
        var period = TimeWindow.Containing(window.StartMs, bounded.PeriodMs);
        return new Refusal(
            RefusalCode.BoundsUnknown,
            $"Earlier windows of period {period} were released from a state that this run did not take up, so it is not known how often a subject has counted in it; a subject may count in {bounded.Bounds.Windows} windows. "
            + "Read the whole period again from its first released window on, or wait for the next period.");
    }

    // Where every window of a period may count, there is nothing to remember from one to the next.
    private static bool NeedsState(BranchPlan branch) => branch.Bounded.Bounds.Windows < branch.Bounded.WindowsPerPeriod;

    private void Note(string group, long periodMs, long startMs) =>
        _earlier[(group, periodMs)] = Math.Min(startMs, _earlier.GetValueOrDefault((group, periodMs), long.MaxValue));
}

/// <summary>A period in which an earlier state has released windows.</summary>
/// <param name="Group">The composition group.</param>
/// <param name="PeriodMs">Start of the period.</param>
/// <param name="FirstMs">Start of the first of those windows.</param>
internal sealed record EarlierPeriod(string Group, long PeriodMs, long FirstMs);
