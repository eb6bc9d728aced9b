using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <content>What subjects contribute in the end.</content>
internal sealed unsafe partial class SubjectTable
{
    /// <summary>Adds each subject's bounded contribution to its groups' totals.</summary>
    /// <param name="totals">The totals, reset for as many groups as there are.</param>
    /// <param name="sums">The measures with their ranges.</param>
    /// <param name="used">Windows that subjects have used up in the accounting period; null when the bound cannot bind.</param>
    /// <param name="windows">W.</param>
    public void Fire(GroupTotals totals, IReadOnlyList<SumField> sums, WindowsUsed? used, int windows)
    {
        for (var i = 0; i < Count; i++)
        {
            var entry = EntryAt(i);
            if (used is null || used.TryUse(*(Token*)entry, windows))
            {
                CutOff(entry);
                for (var slots = new SlotCursor(this, entry); slots.MoveNext();)
                {
                    Contribute(slots.Current, totals, sums);
                }
            }
        }
    }

    private static void Contribute(byte* slot, GroupTotals totals, IReadOnlyList<SumField> sums)
    {
        var group = *(int*)slot;
        totals.Rows[group] += *(int*)(slot + SubjectLayout.RowsAt);
        totals.Subjects[group]++;
        for (var i = 0; i < totals.SumCount; i++)
        {
            ref var total = ref totals.Sums(i)[group];
            total = checked(total + Clamped((ulong*)(slot + SubjectLayout.SumsAt) + (2 * i), sums[i]));
        }
    }

    private static long Clamped(ulong* sum, SumField field) =>
        (long)Int128.Clamp(new Int128(sum[1], sum[0]), field.Lower, field.Upper);
}
