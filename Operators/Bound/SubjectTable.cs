using System.Runtime.CompilerServices;
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
    // Rows ahead whose entries are asked for: about the latency of the shared cache over the work of a row.
    private const int Ahead = 12;
    private const int SmallestCapacity = 16;
    private readonly SubjectLayout _layout;
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
        if (_layout.Sums == 0)
        {
            AddRows<WithoutSums>(tokens, rows, groups, count, measures);
        }
        else
        {
            AddRows<WithSums>(tokens, rows, groups, count, measures);
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

    private void AddRows<TSums>(Token* tokens, int* rows, int* groups, int count, long* measures)
        where TSums : struct
    {
        var last = _capacity - 1;
        var entries = _entries;
        var (shift, entryBytes) = (_shift, (nint)_layout.EntryBytes);
        var (inline, limit, slotBytes) = (_layout.Inline, _layout.RowsPerGroup, _layout.SlotBytes);
        for (var i = 0; i < count; i++)
        {
            if (Sse.IsSupported && i + Ahead < count)
            {
                Sse.Prefetch0(entries + (Home(tokens[rows[i + Ahead]].Low, shift) * entryBytes));
            }

            var entry = Locate(tokens + rows[i], entries, shift, last, entryBytes);
            var group = groups[i];
            var kept = *(int*)(entry + SubjectLayout.CountAt);
            var slot = entry + SubjectLayout.SlotsAt;
            var end = slot + ((nint)Math.Min(kept, inline) * slotBytes);
            while (slot != end && *(int*)slot != group)
            {
                slot += slotBytes;
            }

            if (slot == end)
            {
                if (kept < inline)
                {
                    *(int*)(entry + SubjectLayout.CountAt) = kept + 1;
                    Begin(slot, group);
                }
                else if ((slot = Further(entry, group)) == null)
                {
                    continue;
                }
            }

            var counted = *(int*)(slot + SubjectLayout.RowsAt);
            *(int*)(slot + SubjectLayout.RowsAt) = counted + (counted < limit ? 1 : 0);
            if (typeof(TSums) == typeof(WithSums))
            {
                AddMeasures(slot, measures + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Home(ulong low, int shift) => (nint)((low * 0x9E3779B97F4A7C15) >> shift);

    // The subject's entry, begun when the subject is new. There is always a free entry: see Reserve.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Locate(Token* token, byte* entries, int shift, int last, nint entryBytes)
    {
        var (low, high) = (token->Low, token->High);
        var index = Home(low, shift);
        while (true)
        {
            var entry = entries + (index * entryBytes);
            var (foundLow, foundHigh) = (*(ulong*)entry, *(ulong*)(entry + 8));
            if (foundLow == low && foundHigh == high)
            {
                return entry;
            }

            if ((foundLow | foundHigh) == 0)
            {
                *(Token*)entry = *token;
                Count++;
                return entry;
            }

            index = (index + 1) & last;
        }
    }

    private void Begin(byte* slot, int group)
    {
        *(int*)slot = group;
        new Span<byte>(slot + SubjectLayout.RowsAt, _layout.SlotBytes - SubjectLayout.RowsAt).Clear();
    }

    // 128 bits hold any number of 64-bit values, so the sum does not depend on the order of the rows, which a sum that
    // saturates on the way would.
    private void AddMeasures(byte* slot, long* measures)
    {
        var sums = (ulong*)(slot + SubjectLayout.SumsAt);
        for (var i = 0; i < _layout.Sums; i++, sums += 2, measures += KeyChunk.Rows)
        {
            var value = *measures;
            value = value == Int64Column.Missing ? 0 : value;
            var low = sums[0] + (ulong)value;
            sums[1] += (ulong)(value >> 63) + (low < (ulong)value ? 1UL : 0);
            sums[0] = low;
        }
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
                var moved = Locate((Token*)entry, _entries, _shift, _capacity - 1, _layout.EntryBytes);
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

    private readonly struct WithSums;

    private readonly struct WithoutSums;
}
