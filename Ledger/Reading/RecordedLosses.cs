using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger.Reading;

/// <summary>What the recorded charges of a period come to by tight composition.</summary>
/// <remarks>A subject counts in at most W windows of a group, and any W. So of each group the W largest are taken one by one: of every window's
/// largest epsilon, of its second largest, and so on, and of the sums of rho and delta. Losses grow with each of them, so this bounds every choice
/// of W windows.</remarks>
internal sealed class RecordedLosses
{
    private readonly Dictionary<string, (int MaxWindows, Dictionary<TimeWindow, List<Units>> Windows)> _groups = [];

    /// <summary>Takes a charge of the period.</summary>
    public void Add(BudgetCharged charge)
    {
        if (!_groups.TryGetValue(charge.GroupKey, out var group))
        {
            _groups[charge.GroupKey] = group = (charge.MaxWindows, []);
        }

        if (!group.Windows.TryGetValue(charge.Window, out var costs))
        {
            group.Windows[charge.Window] = costs = [];
        }

        costs.Add(charge.Cost);
    }

    /// <summary>Composes them.</summary>
    /// <param name="measure">The account's measure.</param>
    public ComposedLoss State(PrivacyMeasure measure)
    {
        var sum = new TightComposition();
        foreach (var (maxWindows, windows) in _groups.Values)
        {
            var sorted = windows.Values.Select(costs => costs.Select(cost => cost.Loss).OrderDescending().ToList()).ToList();
            for (var place = 0; sorted.Any(costs => costs.Count > place); place++)
            {
                foreach (var equal in sorted.Where(costs => costs.Count > place).Select(costs => costs[place]).OrderDescending().Take(maxWindows).GroupBy(loss => loss))
                {
                    sum.Add(PrivacyCost.FromUnits(measure, equal.Key), equal.Count());
                }
            }

            foreach (var delta in windows.Values.Select(costs => costs.Sum(cost => cost.AttoDelta)).OrderDescending().Take(maxWindows).Where(delta => delta > 0))
            {
                sum.Add(PrivacyCost.FromUnits(measure, 0, delta));
            }
        }

        return sum.State();
    }
}
