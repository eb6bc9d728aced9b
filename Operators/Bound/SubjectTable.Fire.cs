using System.Runtime.CompilerServices;
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
        if (used is null && plan.Sums.Count == 0 && plan.Derived.Count == 0)
        {
            FireCounts(totals.Rows, totals.Subjects);
            return;
        }

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

    // What most windows hold: counts alone, and subjects with few groups, which are all in their entries.
    private void FireCounts(long[] rows, long[] subjects)
    {
        var (inline, slotBytes) = (_layout.Inline, (nint)_layout.SlotBytes);
        for (var i = 0; i < Count; i++)
        {
            var entry = EntryAt(i);
            var kept = *(int*)(entry + SubjectLayout.CountAt);
            if (kept > inline)
            {
                CutOff(entry);
                for (var slots = new SlotCursor(this, entry); slots.MoveNext();)
                {
                    AddCount(slots.Current, rows, subjects);
                }

                continue;
            }

            for (var slot = entry + SubjectLayout.SlotsAt; kept > 0; kept--, slot += slotBytes)
            {
                AddCount(slot, rows, subjects);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddCount(byte* slot, long[] rows, long[] subjects)
    {
        var group = *(int*)slot;
        rows[group] += *(int*)(slot + SubjectLayout.RowsAt);
        subjects[group]++;
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
