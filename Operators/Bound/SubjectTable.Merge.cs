using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Bound;

/// <content>
/// Merging panes into a window. A pane that left a group out holds L0 groups of the subject with smaller priorities, and so
/// does the window: the first L0 groups of the window are among those of its panes, with all of their rows.
/// </content>
internal sealed unsafe partial class SubjectTable
{
    /// <summary>Adds what the subjects of another table hold. Both order groups by the same priorities.</summary>
    /// <param name="other">The other table.</param>
    /// <param name="names">What its groups are called here; empty when both tables share their groups.</param>
    public void Absorb(SubjectTable other, ReadOnlySpan<int> names)
    {
        Reserve(other.Count);
        for (var i = 0; i < other.Count; i++)
        {
            var theirs = other.EntryAt(i);
            var entry = Locate(*(Token*)theirs);
            for (var slots = new SlotCursor(other, theirs); slots.MoveNext();)
            {
                Absorb(entry, slots.Current, names.IsEmpty ? *(int*)slots.Current : names[*(int*)slots.Current]);
            }
        }
    }

    private void Absorb(byte* entry, byte* theirs, int group)
    {
        if (!ScalarSearch.TryFind(entry, (Token*)entry, group, _layout.Inline, _layout.SlotBytes, out var slot) && (slot = Admit(entry, group)) == null)
        {
            return;
        }

        var rows = (long)*(int*)(slot + SubjectLayout.RowsAt) + *(int*)(theirs + SubjectLayout.RowsAt);
        *(int*)(slot + SubjectLayout.RowsAt) = (int)Math.Min(rows, _layout.RowsPerGroup);
        var sums = (ulong*)(slot + SubjectLayout.SumsAt);
        var added = (ulong*)(theirs + SubjectLayout.SumsAt);
        for (var i = 0; i < _layout.Sums; i++, sums += 2, added += 2)
        {
            var sum = new UInt128(sums[1], sums[0]) + new UInt128(added[1], added[0]);
            (sums[0], sums[1]) = ((ulong)sum, (ulong)(sum >> 64));
        }
    }
}
