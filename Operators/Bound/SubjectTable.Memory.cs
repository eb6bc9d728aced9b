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

        if (needed > _index.Capacity)
        {
            GrowIndex(needed);
        }
    }

    private void GrowEntries(long needed)
    {
        var old = _memory;
        var used = (Count + 1L) * _layout.EntryBytes;
        AllocateEntries(checked((int)Math.Max(needed, _entryCapacity + (_entryCapacity / 2L))));
        Buffer.MemoryCopy(old.Start, _entries, used, used);
        GC.KeepAlive(old);
    }

    private void GrowIndex(long needed)
    {
        _index.Renew(needed);
        for (var number = 1; number <= Count; number++)
        {
            var token = (Token*)Numbered(number);
            _index.Add(token->Low * Spread, (uint)token->High, number);
        }
    }

    private void AllocateEntries(int entries)
    {
        _memory = PinnedMemory.Allocate((entries + 1L) * _layout.EntryBytes);
        _entries = _memory.Start;
        _entryCapacity = entries;
    }

    private void ClearUsed()
    {
        _index.Clear();
        NativeMemory.Clear(_entries, (nuint)(Count + 1) * (nuint)_layout.EntryBytes);
    }
}
