using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <content>What subjects contribute in the end.</content>
internal sealed unsafe partial class SubjectTable
{
    /// <summary>Adds each subject's bounded contribution to its groups' totals.</summary>
    /// <param name="totals">The totals, reset for as many groups as there are.</param>
    /// <param name="plan">The measures with their ranges, what is derived of them, and W.</param>
    /// <param name="used">Windows that subjects have used up in the accounting period; null when the bound cannot bind.</param>
    public void Fire(GroupTotals totals, BoundedWindowPlan plan, WindowsUsed? used)
    {
        for (var i = 0; i < Count; i++)
        {
            var entry = EntryAt(i);
            if (used is null || used.TryUse(*(Token*)entry, plan.Bounds.Windows))
            {
                CutOff(entry);
                for (var slots = new SlotCursor(this, entry); slots.MoveNext();)
                {
                    Contribute(slots.Current, totals, plan);
                }
            }
        }
    }

    private static void Contribute(byte* slot, GroupTotals totals, BoundedWindowPlan plan)
    {
        var group = *(int*)slot;
        totals.Rows[group] += *(int*)(slot + SubjectLayout.RowsAt);
        totals.Subjects[group]++;
        var (sums, derived) = (plan.Sums, plan.Derived);
        for (var i = 0; i < sums.Count; i++)
        {
            ref var total = ref totals.Sums(i)[group];
            total = checked(total + (long)Int128.Clamp(Sum(slot, i), sums[i].Lower, sums[i].Upper));
        }

        for (var i = 0; i < derived.Count; i++)
        {
            ref var total = ref totals.Sums(sums.Count + i)[group];
            total = checked(total + derived[i].Of(Sum(slot, derived[i].Sum)));
        }
    }

    private static Int128 Sum(byte* slot, int measure)
    {
        var sum = (ulong*)(slot + SubjectLayout.SumsAt) + (2 * measure);
        return new Int128(sum[1], sum[0]);
    }
}
