using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>
/// The subjects of one window with their bounded contributions. Entries stand one after the other, in order of first
/// arrival; a small index beside them, with open addressing and linear probing, finds them by token. An index cell of
/// 32 bits holds an entry's number plus 1 and, in the bits above, a part of its token, so that a row
/// rarely touches an entry other than its own.
/// </summary>
internal sealed unsafe partial class SubjectTable
{
    // 2^64 over the golden ratio: spreads tokens also when lanes were chosen by some of their bits.
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private const int SmallestEntries = 8;
    private const int SmallestCells = 16;
    private readonly SubjectLayout _layout;
    private readonly GroupTable _groups;
    private PinnedMemory _index;
    private PinnedMemory _memory;
    private byte* _entries;
    private int _entryCapacity;
    private int _cells;
    private int _shift;
    private uint _tagMask;
    private long _priorityMs;

    public SubjectTable(SubjectLayout layout, GroupTable groups)
    {
        _layout = layout;
        _groups = groups;
        AllocateIndex(SmallestCells);
        AllocateEntries(SmallestEntries);
    }

    /// <summary>Number of subjects.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _index.Bytes + _memory.Bytes + _slab.Bytes;

    /// <summary>Prepares the empty table for a window or pane.</summary>
    /// <param name="priorityMs">What the order of a subject's groups is drawn from.</param>
    public void Open(long priorityMs) => _priorityMs = priorityMs;

    /// <summary>Adds rows to their subjects' groups.</summary>
    /// <param name="tokens">The subjects by row.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="groups">Their groups, in step with <paramref name="rows"/>.</param>
    /// <param name="count">How many, at most <see cref="KeyChunk.Rows"/>.</param>
    /// <param name="measures">The measures in step with <paramref name="rows"/>, each <see cref="KeyChunk.Rows"/> after the one before.</param>
    public void Add(Token* tokens, int* rows, int* groups, int count, long* measures)
    {
        Reserve(count);
        if (_layout.Sums > 0)
        {
            AddRows<ScalarSearch, SumOfMeasures>(tokens, rows, groups, count, measures);
        }
        else if (_layout.IsLineOfCounts && Vector256.IsHardwareAccelerated)
        {
            AddRows<LineSearch, NoMeasures>(tokens, rows, groups, count, measures);
        }
        else
        {
            AddRows<ScalarSearch, NoMeasures>(tokens, rows, groups, count, measures);
        }
    }

    /// <summary>Forgets everything; keeps memory in proportion to what was needed.</summary>
    public void Clear()
    {
        if (_cells > 1024 && Count < _cells / 16)
        {
            AllocateIndex(_cells / 4);
            AllocateEntries(_cells / 2);
        }
        else
        {
            ClearUsed();
        }

        Count = 0;
        ClearBlocks();
    }

    private void AddRows<TSearch, TMeasures>(Token* tokens, int* rows, int* groups, int count, long* measures)
        where TSearch : struct, ISlotSearch
        where TMeasures : struct, IMeasures
    {
        var entries = _layout.Scratch;
        FindEntries(tokens, rows, count, entries);
        var (limit, inline, slotBytes) = (_layout.RowsPerGroup, _layout.Inline, _layout.SlotBytes);
        for (var i = 0; i < count; i++)
        {
            var token = tokens[rows[i]];
            var entry = (byte*)entries[i];
            if (((*(ulong*)entry ^ token.Low) | (*(ulong*)(entry + 8) ^ token.High)) != 0)
            {
                entry = Locate(token);
            }

            var slot = TSearch.Find(entry, groups[i], inline, slotBytes);
            if (slot == null && (slot = Admit(entry, groups[i])) == null)
            {
                continue;
            }

            var counted = *(int*)(slot + SubjectLayout.RowsAt);
            *(int*)(slot + SubjectLayout.RowsAt) = counted + (counted < limit ? 1 : 0);
            TMeasures.Add((ulong*)(slot + SubjectLayout.SumsAt), measures + i, _layout.Sums);
        }
    }

    // First the cells, then the entries of all rows are asked for before the first is touched, so that the waits for
    // memory overlap. What is found is the first entry whose tag fits: most likely, but not surely the subject's.
    private void FindEntries(Token* tokens, int* rows, int count, nint* found)
    {
        var index = (uint*)_index.Start;
        var (shift, last, tagMask) = (_shift, (nint)_cells - 1, _tagMask);
        for (var i = 0; i < count; i++)
        {
            found[i] = (nint)((tokens[rows[i]].Low * Spread) >> shift);
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(index + found[i]);
            }
        }

        var (start, entryBytes) = ((nint)_entries, (nint)_layout.EntryBytes);
        for (var i = 0; i < count; i++)
        {
            var tag = (uint)tokens[rows[i]].High;
            var cell = index[found[i]];
            while (((cell ^ tag) & tagMask) != 0 && cell != 0)
            {
                found[i] = (found[i] + 1) & last;
                cell = index[found[i]];
            }

            // An unused cell leads to the first entry: any entry will do, since its token is compared.
            var number = Math.Max(cell & ~tagMask, 1) - 1;
            found[i] = start + ((nint)number * entryBytes);
            if (Sse.IsSupported)
            {
                Sse.Prefetch0((void*)found[i]);
            }
        }
    }

    // The subject's entry, begun when the subject is new. There is always a free one: see Reserve.
    private byte* Locate(Token token)
    {
        var index = (uint*)_index.Start;
        var tag = (uint)token.High & _tagMask;
        var at = (nint)((token.Low * Spread) >> _shift);
        for (; index[at] != 0; at = (at + 1) & (_cells - 1))
        {
            var entry = EntryAt((int)(index[at] & ~_tagMask) - 1);
            if ((index[at] & _tagMask) == tag && *(Token*)entry == token)
            {
                return entry;
            }
        }

        index[at] = (uint)++Count | tag;
        var added = EntryAt(Count - 1);
        *(Token*)added = token;
        return added;
    }

    private byte* EntryAt(int number) => _entries + ((nint)number * _layout.EntryBytes);

    // The slot of a group that is not among those in the entry, or null when the bound leaves it out.
    private byte* Admit(byte* entry, int group)
    {
        var kept = *(int*)(entry + SubjectLayout.CountAt);
        if (kept >= _layout.Inline)
        {
            return Further(entry, group);
        }

        *(int*)(entry + SubjectLayout.CountAt) = kept + 1;
        var slot = entry + SubjectLayout.SlotsAt + ((nint)kept * _layout.SlotBytes);
        Begin(slot, group);
        return slot;
    }

    private void Begin(byte* slot, int group)
    {
        *(int*)slot = group;
        new Span<byte>(slot + SubjectLayout.RowsAt, _layout.SlotBytes - SubjectLayout.RowsAt).Clear();
    }
}
