using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>The state of a plan that takes the place of another: what is unchanged goes on, under the names that the new plan
/// gives it.</summary>
internal static class StateMove
{
    /// <summary>The checkpoint of the new plan.</summary>
    /// <param name="stored">The checkpoint of the plan in force.</param>
    /// <param name="reload">Which branches go on, and where the others begin.</param>
    /// <param name="earlier">What earlier states of the new plan's groups have released.</param>
    /// <param name="epoch">The run.</param>
    public static Checkpoint Of(Checkpoint stored, ReloadAssessment reload, IReadOnlyList<EarlierPeriod> earlier, long epoch) => stored with
    {
        Version = reload.Begins.Any(begin => begin is not null) ? Checkpoint.CurrentVersion : 1,
        FiredUpTo = [.. reload.Places.Select(place => place >= 0 ? stored.FiredUpTo[place] : null)],
        Begins = [.. reload.Begins],
        StateFrom = [.. reload.Places.Select((place, i) => place >= 0 ? stored.StateFrom.ElementAtOrDefault(place) : reload.Begins[i])],

        // A window that begins now does not know who counted in its group earlier in the period. Where state goes on, it knows.
        Earlier =
        [
            .. stored.Earlier.Concat(earlier).GroupBy(period => (period.Group, period.PeriodMs))
                .Select(same => new EarlierPeriod(same.Key.Group, same.Key.PeriodMs, same.Min(period => period.FirstMs))),
        ],

        // Places that were noted under the former plan say nothing of what the new one has counted.
        Since = epoch,
    };

    /// <summary>The states of the new plan's stages, by lane and name.</summary>
    public static Dictionary<string, ReadOnlyMemory<byte>> Rename(
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states, int lanes, PipelinePlan before, PipelinePlan after, IReadOnlyList<int> places)
    {
        var branches = before.Branches.SelectMany(Names).ToHashSet();
        var renamed = states.Where(pair => !branches.Contains(pair.Key[(pair.Key.IndexOf('/', StringComparison.Ordinal) + 1)..])).ToDictionary();
        for (var i = 0; i < places.Count; i++)
        {
            if (places[i] < 0)
            {
                continue;
            }

            foreach (var (old, @new) in Names(before.Branches[places[i]]).Zip(Names(after.Branches[i])))
            {
                for (var lane = 0; lane < lanes; lane++)
                {
                    if (states.TryGetValue(LaneStates.Key(lane, old), out var state))
                    {
                        renamed[LaneStates.Key(lane, @new)] = state;
                    }
                }
            }
        }

        return renamed;
    }

    private static IEnumerable<string> Names(BranchPlan branch) => branch.Rows.Select(row => row.Name).Prepend(SubjectLane.WindowName(branch));
}
