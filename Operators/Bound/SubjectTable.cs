using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>
/// The subjects of one window with their bounded contributions. Entries stand one after the other, in order of first
/// arrival; a small index beside them leads from tokens to their numbers.
/// </summary>
internal sealed unsafe partial class SubjectTable
{
    // 2^64 over the golden ratio: spreads tokens also when lanes were chosen by some of their bits.
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private const int SmallestEntries = 8;
    private readonly SubjectLayout _layout;
    private readonly GroupTable _groups;
    private readonly TagIndex _index = new();
    private PinnedMemory _memory;
    private byte* _entries;
    private int _entryCapacity;
    private long _priorityMs;

    public SubjectTable(SubjectLayout layout, GroupTable groups)
    {
        _layout = layout;
        _groups = groups;
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
    /// <param name="tokens">The rows' subjects.</param>
    /// <param name="groups">The rows' groups.</param>
    /// <param name="count">How many rows, at most <see cref="KeyChunk.Rows"/>.</param>
    /// <param name="measures">The rows' measures, each <see cref="KeyChunk.Rows"/> after the one before.</param>
    public void Add(Token* tokens, int* groups, int count, long* measures)
    {
        Reserve(count);
        if (_layout.Sums > 0)
        {
            AddRows<ScalarSearch, SumOfMeasures>(tokens, groups, count, measures);
        }
        else if (_layout.IsLineOfCounts && Vector256.IsHardwareAccelerated)
        {
            AddRows<LineSearch, NoMeasures>(tokens, groups, count, measures);
        }
        else
        {
            AddRows<ScalarSearch, NoMeasures>(tokens, groups, count, measures);
        }
    }

    /// <summary>Forgets everything; keeps memory in proportion to what was needed.</summary>
    public void Clear()
    {
        if (_entryCapacity > 1024 && Count < _entryCapacity / 16)
        {
            _index.Renew(_entryCapacity / 4);
            AllocateEntries(_entryCapacity / 4);
        }
        else
        {
            ClearUsed();
        }

        Count = 0;
        ClearBlocks();
    }

    private void AddRows<TSearch, TMeasures>(Token* tokens, int* groups, int count, long* measures)
        where TSearch : struct, ISlotSearch
        where TMeasures : struct, IMeasures
    {
        FindEntries(tokens, count, _layout.Scratch);
        var left = AddToFound<TSearch, TMeasures>(tokens, groups, count, measures, _layout.Left);
        for (var i = 0; i < left; i++)
        {
            var row = _layout.Left[i];
            AddRow<TSearch, TMeasures>((byte*)_layout.Scratch[row], tokens + row, groups[row], measures + row);
        }
    }

    // Rows of new subjects and of new groups are left for later, so that the loop has no call in it. It does not matter
    // that they are added after others: what a subject contributes does not depend on the order of its rows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AddToFound<TSearch, TMeasures>(Token* tokens, int* groups, int count, long* measures, int* left)
        where TSearch : struct, ISlotSearch
        where TMeasures : struct, IMeasures
    {
        var entries = _layout.Scratch;
        var limit = _layout.RowsPerGroup;
        var inline = _layout.Inline;
        var slotBytes = _layout.SlotBytes;
        var sums = _layout.Sums;
        var leftOver = 0;
        for (var i = 0; i < count; i++)
        {
            if (!TSearch.TryFind((byte*)entries[i], tokens + i, groups[i], inline, slotBytes, out var slot))
            {
                left[leftOver++] = i;
                continue;
            }

            var counted = *(int*)(slot + SubjectLayout.RowsAt);
            *(int*)(slot + SubjectLayout.RowsAt) = counted + (counted < limit ? 1 : 0);
            TMeasures.Add((ulong*)(slot + SubjectLayout.SumsAt), measures + i, sums);
        }

        return leftOver;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddRow<TSearch, TMeasures>(byte* entry, Token* token, int group, long* measures)
        where TSearch : struct, ISlotSearch
        where TMeasures : struct, IMeasures
    {
        entry = *(Token*)entry == *token ? entry : Locate(*token);
        if (!TSearch.TryFind(entry, token, group, _layout.Inline, _layout.SlotBytes, out var slot) && (slot = Admit(entry, group)) == null)
        {
            return;
        }

        var counted = *(int*)(slot + SubjectLayout.RowsAt);
        *(int*)(slot + SubjectLayout.RowsAt) = counted + (counted < _layout.RowsPerGroup ? 1 : 0);
        TMeasures.Add((ulong*)(slot + SubjectLayout.SumsAt), measures, _layout.Sums);
    }

    // First the buckets, then the entries of all rows are asked for before the first is touched, so that the waits for
    // memory overlap. What is found is the first entry whose tag fits: most likely, but not surely the subject's.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FindEntries(Token* tokens, int count, nint* found)
    {
        var (home, tagMask) = (_index.Home, _index.TagMask);
        for (var i = 0; i < count; i++)
        {
            var bucket = home.Of(tokens[i].Low * Spread);
            found[i] = (nint)bucket;
            TagIndex.Buckets.Prefetch(bucket);
        }

        var entries = _entries;
        var entryBytes = (nint)_layout.EntryBytes;
        for (var i = 0; i < count; i++)
        {
            var number = TagIndex.NumberIn((uint*)found[i], (uint)tokens[i].High, tagMask);
            var entry = entries + ((nint)number * entryBytes);
            found[i] = (nint)entry;
            TagIndex.Buckets.Prefetch(entry);
        }
    }

    // The subject's entry, begun when the subject is new. There is always a free one: see Reserve.
    private byte* Locate(Token token)
    {
        var tag = (uint)token.High;
        var cell = _index.First(token.Low * Spread);

        // A bucket with an unused cell and without the tag tells at once that the subject is new.
        var free = TagIndex.FreeIn(cell);
        if (free != null && TagIndex.NumberIn(cell, tag, _index.TagMask) == 0)
        {
            return Begin(free, token);
        }

        for (; *cell != 0; cell = _index.Next(cell))
        {
            if (_index.IsUnder(*cell, tag, out var number) && *(Token*)Numbered(number) == token)
            {
                return Numbered(number);
            }
        }

        return Begin(cell, token);
    }

    private byte* Begin(uint* free, Token token)
    {
        _index.Fill(free, (uint)token.High, ++Count);
        *(Token*)Numbered(Count) = token;
        return Numbered(Count);
    }

    // Numbers count from 1. At 0 is an entry of no token, where look-ups that find nothing end.
    private byte* Numbered(int number) => _entries + ((nint)number * _layout.EntryBytes);

    private byte* EntryAt(int index) => Numbered(index + 1);

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
