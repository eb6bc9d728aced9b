using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>
/// The subjects of one window with their bounded contributions: open addressing with linear probing, entries inline in
/// the table, so that a row usually touches one cache line. An all-zero token marks a free entry.
/// </summary>
internal sealed unsafe partial class SubjectTable
{
    // 2^64 over the golden ratio: spreads tokens also when lanes were chosen by some of their bits.
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private const int SmallestCapacity = 16;
    private readonly SubjectLayout _layout;
    private readonly PinnedMemory _homes = PinnedMemory.Allocate(KeyChunk.Rows * sizeof(nint));
    private PinnedMemory _memory;
    private byte* _entries;
    private int _capacity;
    private int _shift;
    private readonly GroupTable _groups;
    private long _windowStartMs;

    public SubjectTable(SubjectLayout layout, GroupTable groups)
    {
        _layout = layout;
        _groups = groups;
        Allocate(SmallestCapacity);
    }

    /// <summary>Number of subjects.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _memory.Bytes + _slab.Bytes;

    /// <summary>Prepares the empty table for a window.</summary>
    /// <param name="windowStartMs">The window's start.</param>
    public void Open(long windowStartMs) => _windowStartMs = windowStartMs;

    /// <summary>Makes room for more subjects, so that adding that many rows moves nothing.</summary>
    /// <param name="rows">Rows that will be added.</param>
    public void Reserve(int rows)
    {
        while (Count + rows > _capacity / 8L * 5)
        {
            Grow();
        }
    }

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
        if (_capacity > 1024 && Count < _capacity / 16)
        {
            Allocate(_capacity / 4);
        }
        else
        {
            _memory.Clear();
        }

        Count = 0;
        ClearBlocks();
    }

    // All entries of the chunk are asked for before the first is touched, so that the waits for memory overlap.
    private void Prefetch(Token* tokens, int* rows, int count, nint* homes)
    {
        var (entries, shift, entryBytes) = ((nint)_entries, _shift, (nint)_layout.EntryBytes);
        for (var i = 0; i < count; i++)
        {
            homes[i] = entries + ((nint)((tokens[rows[i]].Low * Spread) >> shift) * entryBytes);
            if (Sse.IsSupported)
            {
                Sse.Prefetch0((void*)homes[i]);
            }
        }
    }

    private void AddRows<TSearch, TSums>(Token* tokens, int* rows, int* groups, int count, long* measures)
        where TSearch : struct, ISlotSearch
        where TSums : struct, IMeasures
    {
        var homes = (nint*)_homes.Start;
        Prefetch(tokens, rows, count, homes);
        var (limit, inline, slotBytes) = (_layout.RowsPerGroup, _layout.Inline, _layout.SlotBytes);
        for (var i = 0; i < count; i++)
        {
            var token = tokens[rows[i]];
            var entry = (byte*)homes[i];
            if (((*(ulong*)entry ^ token.Low) | (*(ulong*)(entry + 8) ^ token.High)) != 0)
            {
                entry = Locate(token, entry);
            }

            var slot = TSearch.Find(entry, groups[i], inline, slotBytes);
            if (slot == null && (slot = Admit(entry, groups[i])) == null)
            {
                continue;
            }

            var counted = *(int*)(slot + SubjectLayout.RowsAt);
            *(int*)(slot + SubjectLayout.RowsAt) = counted + (counted < limit ? 1 : 0);
            TSums.Add((ulong*)(slot + SubjectLayout.SumsAt), measures + i, _layout.Sums);
        }
    }

    private byte* Home(ulong low) => _entries + ((nint)((low * Spread) >> _shift) * _layout.EntryBytes);

    // The subject's entry from its home on, begun when the subject is new. There is always a free one: see Reserve.
    private byte* Locate(Token token, byte* entry)
    {
        var end = _entries + ((nint)_capacity * _layout.EntryBytes);
        while (true)
        {
            var found = *(Token*)entry;
            if (found == token)
            {
                return entry;
            }

            if (found == default)
            {
                *(Token*)entry = token;
                Count++;
                return entry;
            }

            entry += _layout.EntryBytes;
            entry = entry == end ? _entries : entry;
        }
    }

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

    private void Grow()
    {
        var (old, capacity) = (_memory, _capacity);
        var count = Count;
        Allocate(checked(capacity * 2));
        for (var i = 0; i < capacity; i++)
        {
            var entry = old.Start + ((nint)i * _layout.EntryBytes);
            if (IsTaken(entry))
            {
                var moved = Locate(*(Token*)entry, Home(*(ulong*)entry));
                Buffer.MemoryCopy(entry, moved, _layout.EntryBytes, _layout.EntryBytes);
            }
        }

        Count = count;
        GC.KeepAlive(old);
    }

    private void Allocate(int capacity)
    {
        _memory = PinnedMemory.Allocate((long)capacity * _layout.EntryBytes);
        _entries = _memory.Start;
        _capacity = capacity;
        _shift = 64 - int.Log2(capacity);
        Count = 0;
    }

    private static bool IsTaken(byte* entry) => (*(ulong*)entry | *(ulong*)(entry + 8)) != 0;
}
