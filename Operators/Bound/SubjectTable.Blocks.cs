using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <content>
/// Groups beyond those in the entry live in a block of the slab, a small hash table by group. A block is a header
/// (8 bytes: log2 of the capacity; next free block) and slots; a free slot has group -1. Blocks of one size are recycled.
/// </content>
internal sealed unsafe partial class SubjectTable
{
    private const int HeaderBytes = 8;
    private const int SmallestBlockLog = 3;
    private readonly int[] _free = new int[32];
    private PinnedMemory _slab;

    // Places are counted in units of 8 bytes; place 0 means none.
    private long _slabUsed = 1;

    // The slot of a further group: found, added, or null when the bound leaves the group out.
    private byte* Further(byte* entry, int group)
    {
        if (!_layout.HasBlocks)
        {
            return Replace(entry, group);
        }

        var place = *(int*)(entry + SubjectLayout.BlockAt);
        if (place != 0)
        {
            var slot = InBlock(place, group);
            if (*(int*)slot == group)
            {
                return slot;
            }
        }

        if (*(int*)(entry + SubjectLayout.CountAt) >= _layout.Groups)
        {
            return AddBeyond(entry, group);
        }

        return AddToBlock(entry, group);
    }

    private byte* AddToBlock(byte* entry, int group)
    {
        var kept = *(int*)(entry + SubjectLayout.CountAt);
        var place = *(int*)(entry + SubjectLayout.BlockAt);
        var log = place == 0 ? 0 : *(int*)Block(place);
        if (place == 0 || (kept - _layout.Inline + 1) * 4L > (3L << log))
        {
            place = Enlarge(place, place == 0 ? SmallestBlockLog : log + 1);
            *(int*)(entry + SubjectLayout.BlockAt) = place;
        }

        *(int*)(entry + SubjectLayout.CountAt) = kept + 1;
        var slot = InBlock(place, group);
        Begin(slot, group);
        return slot;
    }

    // The group's slot in a block, or the free one where it would stand.
    private byte* InBlock(int place, int group)
    {
        var block = Block(place);
        var log = *(int*)block;
        var last = (1 << log) - 1;
        var index = (int)(((uint)group * 0x9E3779B9) >> (32 - log));
        while (true)
        {
            var slot = block + HeaderBytes + ((nint)index * _layout.SlotBytes);
            if (*(int*)slot == group || *(int*)slot < 0)
            {
                return slot;
            }

            index = (index + 1) & last;
        }
    }

    private int Enlarge(int place, int log)
    {
        var larger = TakeBlock(log);
        if (place != 0)
        {
            var old = Block(place);
            for (var i = 0; i < 1 << *(int*)old; i++)
            {
                var slot = old + HeaderBytes + ((nint)i * _layout.SlotBytes);
                if (*(int*)slot >= 0)
                {
                    Buffer.MemoryCopy(slot, InBlock(larger, *(int*)slot), _layout.SlotBytes, _layout.SlotBytes);
                }
            }

            GiveBlock(place);
        }

        return larger;
    }

    private byte* Block(int place) => _slab.Start + ((nint)(uint)place * 8);

    private int TakeBlock(int log)
    {
        var place = _free[log];
        if (place == 0)
        {
            place = CarveBlock(log);
        }
        else
        {
            _free[log] = ((int*)Block(place))[1];
        }

        var block = Block(place);
        ((int*)block)[0] = log;
        for (var i = 0; i < 1 << log; i++)
        {
            *(int*)(block + HeaderBytes + ((nint)i * _layout.SlotBytes)) = -1;
        }

        return place;
    }

    private int CarveBlock(int log)
    {
        var needed = (HeaderBytes + ((long)_layout.SlotBytes << log)) / 8;
        if ((_slabUsed + needed) * 8 > _slab.Bytes)
        {
            var larger = PinnedMemory.Allocate(Math.Max(2 * _slab.Bytes, (_slabUsed + needed) * 8));
            if (_slab.IsAllocated)
            {
                Buffer.MemoryCopy(_slab.Start, larger.Start, larger.Bytes, _slabUsed * 8);
            }

            _slab = larger;
        }

        var place = checked((int)_slabUsed);
        _slabUsed += needed;
        return place;
    }

    private void GiveBlock(int place)
    {
        var block = (int*)Block(place);
        block[1] = _free[block[0]];
        _free[block[0]] = place;
    }

    private void ClearBlocks()
    {
        if (_slab.Bytes > 1 << 20 && _slabUsed * 8 < _slab.Bytes / 16)
        {
            _slab = PinnedMemory.Allocate(_slab.Bytes / 4);
        }

        _slabUsed = 1;
        _free.AsSpan().Clear();
    }
}
