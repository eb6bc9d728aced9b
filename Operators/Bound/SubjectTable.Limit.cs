using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Bound;

/// <content>
/// What happens when a subject has more groups than it may count in: those with the smallest priorities stay. With all
/// groups inline the worst one is replaced at once. With blocks up to twice as many groups are held and the surplus is
/// cut off in one go, so that a subject with a great many groups costs no more a row than others do.
/// </content>
internal sealed unsafe partial class SubjectTable
{
    private readonly List<Ranked> _ranking = [];
    private Comparison<Ranked>? _comparison;
    private byte[] _slots = [];

    // A group that is left out here cannot come back: whatever is kept from now on has smaller priorities still.
    private byte* Replace(byte* entry, int group)
    {
        var token = *(Token*)entry;
        var added = Rank(token, group, 0);
        var worstSlot = entry + SubjectLayout.SlotsAt;
        var worst = Rank(token, *(int*)worstSlot, 0);
        for (var i = 1; i < _layout.Inline; i++)
        {
            var slot = entry + SubjectLayout.SlotsAt + ((nint)i * _layout.SlotBytes);
            var candidate = Rank(token, *(int*)slot, 0);
            if (Compare(candidate, worst) > 0)
            {
                worst = candidate;
                worstSlot = slot;
            }
        }

        if (Compare(added, worst) > 0)
        {
            return null;
        }

        Begin(worstSlot, group);
        return worstSlot;
    }

    private byte* AddBeyond(byte* entry, int group)
    {
        if (*(int*)(entry + SubjectLayout.CountAt) >= 2L * _layout.Groups)
        {
            CutOff(entry);
        }

        return AddToBlock(entry, group);
    }

    // Leaves the subject the groups that it may count in.
    private void CutOff(byte* entry)
    {
        var token = *(Token*)entry;
        var kept = *(int*)(entry + SubjectLayout.CountAt);
        if (kept <= _layout.Groups)
        {
            return;
        }

        CopySlots(entry, kept);
        _ranking.Clear();
        for (var i = 0; i < kept; i++)
        {
            _ranking.Add(Rank(token, MemoryMarshal.Read<int>(_slots.AsSpan(i * _layout.SlotBytes)), i));
        }

        _ranking.Sort(_comparison ??= Compare);
        Rebuild(entry);
    }

    private void Rebuild(byte* entry)
    {
        GiveBlock(*(int*)(entry + SubjectLayout.BlockAt));
        *(int*)(entry + SubjectLayout.BlockAt) = 0;
        *(int*)(entry + SubjectLayout.CountAt) = _layout.Inline;
        for (var i = 0; i < _layout.Groups; i++)
        {
            var slot = i < _layout.Inline
                ? entry + SubjectLayout.SlotsAt + ((nint)i * _layout.SlotBytes)
                : AddToBlock(entry, _ranking[i].Group);
            _slots.AsSpan(_ranking[i].Index * _layout.SlotBytes, _layout.SlotBytes).CopyTo(new Span<byte>(slot, _layout.SlotBytes));
        }
    }

    private void CopySlots(byte* entry, int kept)
    {
        if (_slots.Length < (long)kept * _layout.SlotBytes)
        {
            _slots = new byte[checked(2 * kept * _layout.SlotBytes)];
        }

        var index = 0;
        for (var slots = new SlotCursor(this, entry); slots.MoveNext(); index++)
        {
            new Span<byte>(slots.Current, _layout.SlotBytes).CopyTo(_slots.AsSpan(index * _layout.SlotBytes));
        }
    }

    private Ranked Rank(Token token, int group, int index) =>
        new(GroupPriority.Of(token, _groups.StableHash(group), _priorityMs), group, index);

    // Keys whose 64-bit hashes collide have equal priorities; their bytes decide then, not the order of arrival.
    private int Compare(Ranked x, Ranked y) => x.Priority != y.Priority
        ? x.Priority.CompareTo(y.Priority)
        : _groups.Key(x.Group).SequenceCompareTo(_groups.Key(y.Group));

    private readonly record struct Ranked(ulong Priority, int Group, int Index);

    /// <summary>Walks over the slots of a subject.</summary>
    private struct SlotCursor(SubjectTable table, byte* entry)
    {
        private readonly int _inline = Math.Min(*(int*)(entry + SubjectLayout.CountAt), table._layout.Inline);
        private readonly byte* _block = *(int*)(entry + SubjectLayout.BlockAt) == 0 ? null : table.Block(*(int*)(entry + SubjectLayout.BlockAt));
        private int _next;

        public byte* Current { get; private set; }

        public bool MoveNext()
        {
            if (_next < _inline)
            {
                Current = entry + SubjectLayout.SlotsAt + ((nint)_next++ * table._layout.SlotBytes);
                return true;
            }

            var capacity = _block == null ? 0 : 1 << *(int*)_block;
            while (_next - _inline < capacity)
            {
                Current = _block + HeaderBytes + ((nint)(_next++ - _inline) * table._layout.SlotBytes);
                if (*(int*)Current >= 0)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
