using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <content>
/// Every key of a row becomes a group, also one that its subject does not count in. Here such groups are forgotten, so
/// that the groups of a window are at most L0 a subject, whatever a single subject sends.
/// </content>
internal sealed unsafe partial class SubjectTable
{
    /// <summary>Bytes that must be there before so many subjects can be added.</summary>
    /// <param name="more">How many.</param>
    /// <returns>Size of the tables that would replace those that are full; 0 when there is room. Blocks aside.</returns>
    public long GrowthFor(int more)
    {
        var needed = (long)Count + more;
        var entries = needed > _entryCapacity ? Math.Max(needed, _entryCapacity + (_entryCapacity / 2L)) * _layout.EntryBytes : 0;
        return entries + (needed > _index.Capacity ? _index.NextBytes : 0);
    }

    /// <summary>Forgets groups that no subject counts in, if they are at least half of all.</summary>
    /// <param name="groups">The window's own groups.</param>
    /// <param name="plan">The plan, for the form of keys.</param>
    /// <returns>Whether anything went.</returns>
    public bool Compact(GroupTable groups, BoundedWindowPlan plan)
    {
        var names = new int[groups.Count];
        var held = 0;
        for (var i = 0; i < Count; i++)
        {
            CutOff(EntryAt(i));
            for (var slots = new SlotCursor(this, EntryAt(i)); slots.MoveNext();)
            {
                ref var name = ref names[*(int*)slots.Current];
                held += 1 - name;
                name = 1;
            }
        }

        if (held > groups.Count / 2)
        {
            return false;
        }

        groups.Keep(names, plan);
        for (var i = 0; i < Count; i++)
        {
            Rename(EntryAt(i), names);
        }

        return true;
    }

    // A block is a hash table by group, so it is filled anew.
    private void Rename(byte* entry, int[] names)
    {
        var kept = *(int*)(entry + SubjectLayout.CountAt);
        CopySlots(entry, kept);
        if (*(int*)(entry + SubjectLayout.BlockAt) is var place && place != 0)
        {
            GiveBlock(place);
            *(int*)(entry + SubjectLayout.BlockAt) = 0;
        }

        *(int*)(entry + SubjectLayout.CountAt) = Math.Min(kept, _layout.Inline);
        for (var i = 0; i < kept; i++)
        {
            var stored = _slots.AsSpan(i * _layout.SlotBytes, _layout.SlotBytes);
            ref var group = ref MemoryMarshal.AsRef<int>(stored);
            group = names[group] - 1;
            var slot = i < _layout.Inline ? entry + SubjectLayout.SlotsAt + ((nint)i * _layout.SlotBytes) : AddToBlock(entry, group);
            stored.CopyTo(new Span<byte>(slot, _layout.SlotBytes));
        }
    }
}
