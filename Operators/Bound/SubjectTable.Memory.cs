using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <content>Index and entries grow apart: entries are copied as they are, the index is built anew.</content>
internal sealed unsafe partial class SubjectTable
{
    // Makes room, so that adding that many subjects moves nothing. At most half of the index is in use.
    private void Reserve(int subjects)
    {
        var needed = (long)Count + subjects;
        if (needed > _entryCapacity)
        {
            GrowEntries(needed);
        }

        if (needed > _cells / 2)
        {
            GrowIndex(needed);
        }
    }

    private void GrowEntries(long needed)
    {
        var old = _memory;
        var used = (long)Count * _layout.EntryBytes;
        AllocateEntries(checked((int)Math.Max(needed, _entryCapacity + (_entryCapacity / 2L))));
        Buffer.MemoryCopy(old.Start, _entries, used, used);
        GC.KeepAlive(old);
    }

    private void GrowIndex(long needed)
    {
        var cells = _cells;
        while (needed > cells / 2)
        {
            cells = checked(cells * 2);
        }

        AllocateIndex(cells);
        var index = (uint*)_index.Start;
        for (var number = 0; number < Count; number++)
        {
            var token = *(Token*)EntryAt(number);
            var at = (nint)((token.Low * Spread) >> _shift);
            while (index[at] != 0)
            {
                at = (at + 1) & (_cells - 1);
            }

            index[at] = (uint)(number + 1) | ((uint)token.High & _tagMask);
        }
    }

    private void AllocateIndex(int cells)
    {
        _index = PinnedMemory.Allocate((long)cells * sizeof(uint));
        _cells = cells;
        _shift = 64 - int.Log2(cells);
        _tagMask = uint.MaxValue << int.Log2(cells);
    }

    private void AllocateEntries(int entries)
    {
        _memory = PinnedMemory.Allocate((long)entries * _layout.EntryBytes);
        _entries = _memory.Start;
        _entryCapacity = entries;
    }

    private void ClearUsed()
    {
        _index.Clear();
        NativeMemory.Clear(_entries, (nuint)Count * (nuint)_layout.EntryBytes);
    }
}
