using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Numbers the groups of a window, or the known ones of a plan, from 0. Open addressing with linear probing over
/// <see cref="KeyProbe"/>; key bytes stand in one array.</summary>
internal sealed unsafe class GroupTable
{
    /// <summary>Seeds the stable hash; it is the same in every process, since kept groups depend on it.</summary>
    internal const long StableSeed = 0x416B6B6150726976;

    private const int SmallestCapacity = 16;
    private const int Ahead = 8;
    private PinnedMemory _memory;
    private int _capacity;
    private int _shift;
    private ulong[] _stable = new ulong[SmallestCapacity];
    private int[] _ends = new int[SmallestCapacity];
    private byte[] _keys = new byte[256];
    private int[] _names = [];

    public GroupTable() => Allocate(SmallestCapacity);

    /// <summary>Number of groups.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _memory.Bytes + (_stable.Length * 8L) + (_ends.Length * 4L) + _keys.Length;

    private Entry* Entries => (Entry*)_memory.Start;

    /// <summary>A group's encoded key.</summary>
    /// <param name="group">The group.</param>
    /// <returns>The bytes.</returns>
    public ReadOnlySpan<byte> Key(int group)
    {
        var begin = group == 0 ? 0 : _ends[group - 1];
        return _keys.AsSpan(begin, _ends[group] - begin);
    }

    /// <summary>A hash of the key that is the same in every process.</summary>
    /// <param name="group">The group.</param>
    /// <returns>XXH3-64 of the encoded key.</returns>
    public ulong StableHash(int group) => _stable[group];

    /// <summary>Finds the groups of a chunk of rows.</summary>
    /// <param name="keys">The rows' keys.</param>
    /// <param name="groups">Receives the groups, -1 for one that is not there.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="canAdd">Whether new groups are added.</param>
    public void Resolve(KeyChunk keys, int* groups, int count, bool canAdd)
    {
        Reserve(canAdd ? count : 0);
        var entries = Entries;
        var shift = _shift;
        var probes = keys.Probes;
        var hashes = keys.Hashes;
        var prefetch = Sse.IsSupported && _capacity > 1024;
        for (var i = 0; i < count; i++)
        {
            if (prefetch && i + Ahead < count)
            {
                Sse.Prefetch0(entries + (hashes[i + Ahead] >> shift));
            }

            var home = entries + (hashes[i] >> shift);
            groups[i] = home->HoldsAllOf(probes + i) ? home->Group : Find(probes[i], hashes[i], keys, i, canAdd);
        }
    }

    /// <summary>Adds a group by its encoded key.</summary>
    /// <param name="probe">Its probe.</param>
    /// <param name="key">The encoded key.</param>
    /// <returns>False when it was there.</returns>
    public bool TryAdd(KeyProbe probe, ReadOnlySpan<byte> key)
    {
        Reserve(1);
        var entry = Locate(probe, probe.Hash, key);
        if (entry->IsTaken)
        {
            return false;
        }

        Add(entry, probe, key);
        return true;
    }

    /// <summary>Adds the groups of another table.</summary>
    /// <param name="other">The other table.</param>
    /// <param name="plan">The plan, for the form of keys.</param>
    /// <returns>What each of its groups is called here; valid until the next call.</returns>
    public ReadOnlySpan<int> Absorb(GroupTable other, BoundedWindowPlan plan)
    {
        Reserve(other.Count);
        if (_names.Length < other.Count)
        {
            _names = new int[Math.Max(other.Count, 2 * _names.Length)];
        }

        for (var group = 0; group < other.Count; group++)
        {
            var key = other.Key(group);
            GroupKeys.TryProbe(plan, key, out var probe);
            var entry = Locate(probe, probe.Hash, key);
            _names[group] = entry->IsTaken ? entry->Group : Add(entry, probe, key);
        }

        return _names.AsSpan(0, other.Count);
    }

    /// <summary>Bytes that must be there before so many groups can be added.</summary>
    /// <param name="more">How many.</param>
    /// <returns>Size of the next table; 0 when there is room.</returns>
    public long GrowthFor(int more) => Count + (long)more > _capacity / 8L * 5 ? 2L * _capacity * sizeof(Entry) : 0;

    /// <summary>Forgets some groups and numbers the others anew, in their order.</summary>
    /// <param name="names">0 for each group that goes; receives the new numbers, plus 1.</param>
    /// <param name="plan">The plan, for the form of keys.</param>
    public void Keep(Span<int> names, BoundedWindowPlan plan)
    {
        var (keys, ends, count) = (_keys, _ends, Count);
        Allocate(SmallestCapacity);
        (_stable, _ends, _keys, Count) = (new ulong[SmallestCapacity], new int[SmallestCapacity], new byte[256], 0);
        for (int group = 0, begin = 0; group < count; begin = ends[group++])
        {
            if (names[group] != 0)
            {
                var key = keys.AsSpan(begin, ends[group] - begin);
                GroupKeys.TryProbe(plan, key, out var probe);
                TryAdd(probe, key);
                names[group] = Count;
            }
        }
    }

    /// <summary>Forgets all groups; keeps memory in proportion to what was needed.</summary>
    public void Clear()
    {
        if (_capacity > 1024 && Count < _capacity / 16)
        {
            Allocate(_capacity / 4);
            (_stable, _ends, _keys) = (new ulong[_capacity / 2], new int[_capacity / 2], new byte[Math.Max(256, _keys.Length / 4)]);
        }
        else
        {
            _memory.Clear();
        }

        Count = 0;
    }

    /// <summary>Writes the keys.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(SnapshotWriter writer)
    {
        writer.WriteArray<int>(_ends.AsSpan(0, Count));
        writer.Write(_keys.AsSpan(0, Count == 0 ? 0 : _ends[Count - 1]));
    }

    /// <summary>Reads what <see cref="Write"/> wrote into the empty table.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="plan">The plan, for the form of keys.</param>
    /// <exception cref="SnapshotException">The state is damaged.</exception>
    public void Read(SnapshotReader reader, BoundedWindowPlan plan)
    {
        var ends = reader.ReadArray<int>();
        var keys = reader.ReadBytes();
        var begin = 0;
        foreach (var end in ends)
        {
            if (end < begin || end > keys.Length || !GroupKeys.TryProbe(plan, keys[begin..end], out var probe) || !TryAdd(probe, keys[begin..end]))
            {
                throw new SnapshotException("The stored state is damaged: a group's key is not possible.");
            }

            begin = end;
        }

        if (begin != keys.Length)
        {
            throw new SnapshotException("The stored state is damaged: there are more keys than groups.");
        }
    }

    private int Find(KeyProbe probe, ulong hash, KeyChunk keys, int row, bool canAdd)
    {
        var key = probe.Length > KeyProbe.LongestInline ? keys.Encoded(row) : default;
        var entry = Locate(probe, hash, key);
        if (entry->IsTaken)
        {
            return entry->Group;
        }

        return canAdd ? Add(entry, probe, keys.Encoded(row)) : -1;
    }

    // The key's entry, or the free one where it would stand.
    private Entry* Locate(KeyProbe probe, ulong hash, ReadOnlySpan<byte> key)
    {
        var index = (int)(hash >> _shift);
        while (true)
        {
            var entry = Entries + index;
            if (!entry->IsTaken || (entry->Probe == probe && IsSame(entry->Group, probe.Length, key)))
            {
                return entry;
            }

            index = (index + 1) & (_capacity - 1);
        }
    }

    private bool IsSame(int group, int length, ReadOnlySpan<byte> key) =>
        length <= KeyProbe.LongestInline || Key(group).SequenceEqual(key);

    private int Add(Entry* entry, KeyProbe probe, ReadOnlySpan<byte> key)
    {
        var group = Count;
        var begin = group == 0 ? 0 : _ends[group - 1];
        MakeRoom(group, begin, key.Length);
        key.CopyTo(_keys.AsSpan(begin));
        _ends[group] = begin + key.Length;
        _stable[group] = XxHash3.HashToUInt64(key, StableSeed);
        *entry = new Entry(probe, group);
        Count = group + 1;
        return group;
    }

    private void MakeRoom(int group, int begin, int length)
    {
        if (group == _ends.Length)
        {
            Array.Resize(ref _ends, checked(2 * group));
            Array.Resize(ref _stable, 2 * group);
        }

        var needed = checked(begin + length);
        if (needed > _keys.Length)
        {
            Array.Resize(ref _keys, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _keys.Length)));
        }
    }

    private void Reserve(int more)
    {
        while (Count + (long)more > _capacity / 8L * 5)
        {
            var (old, capacity) = (_memory, _capacity);
            Allocate(checked(2 * capacity));
            for (var i = 0; i < capacity; i++)
            {
                var entry = (Entry*)old.Start + i;
                if (entry->IsTaken)
                {
                    *FreeFor(entry->Probe) = *entry;
                }
            }

            GC.KeepAlive(old);
        }
    }

    private Entry* FreeFor(KeyProbe probe)
    {
        var index = (int)(probe.Hash >> _shift);
        while (Entries[index].IsTaken)
        {
            index = (index + 1) & (_capacity - 1);
        }

        return Entries + index;
    }

    private void Allocate(int capacity)
    {
        _memory = PinnedMemory.Allocate((long)capacity * sizeof(Entry));
        _capacity = capacity;
        _shift = 64 - int.Log2(capacity);
    }

    /// <summary>An entry, 32 bytes with its padding; free when all zero.</summary>
    private readonly struct Entry(KeyProbe probe, int group)
    {
        public readonly KeyProbe Probe = probe;
        private readonly int _groupPlusOne = group + 1;

        public int Group => _groupPlusOne - 1;

        public bool IsTaken => _groupPlusOne != 0;

        /// <summary>Whether the entry is taken by a key that equals the probe and is held by it entirely.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool HoldsAllOf(KeyProbe* probe) =>
            Probe.Equals(*probe) && Probe.Length <= KeyProbe.LongestInline && IsTaken;
    }
}
