using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Numbers the groups of a window, or the known ones of a plan, from 0. An index leads from hashes to probes, which
/// stand one after the other in the order of groups; key bytes stand in one array.</summary>
internal sealed unsafe class GroupTable
{
    /// <summary>Seeds the stable hash; it is the same in every process, since kept groups depend on it.</summary>
    internal const long StableSeed = 0x416B6B6150726976;

    private const int SmallestCapacity = 16;
    private const int NearBytes = 1 << 15;
    private readonly TagIndex _index = new();
    private PinnedMemory _probes;
    private ulong[] _stable = [];
    private int _hashed;
    private int[] _ends = new int[SmallestCapacity];
    private byte[] _keys = new byte[256];
    private int[] _names = [];

    public GroupTable() => AllocateProbes(SmallestCapacity);

    /// <summary>Number of groups.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _index.Bytes + _probes.Bytes + (_stable.Length * 8L) + (_ends.Length * 4L) + _keys.Length;

    // A group's probe stands at its number plus 1. At 0 is one that equals none, where look-ups that find nothing end.
    private KeyProbe* Probes => (KeyProbe*)_probes.Start;

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
    public ulong StableHash(int group)
    {
        if (group >= _hashed)
        {
            HashNew();
        }

        return _stable[group];
    }

    /// <summary>Finds the groups of a chunk of rows.</summary>
    /// <param name="keys">The rows' keys.</param>
    /// <param name="groups">Receives the groups, -1 for one that is not there.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="canAdd">Whether new groups are added.</param>
    public void Resolve(KeyChunk keys, int* groups, int count, bool canAdd)
    {
        Reserve(canAdd ? count : 0);
        var left = _index.Bytes > NearBytes
            ? FindFar(keys.Probes, keys.Hashes, groups, count, keys.Left)
            : FindNear(keys.Probes, keys.Hashes, groups, count, keys.Left);
        FindLeft(keys, groups, left, canAdd);
    }

    /// <summary>Adds a group by its encoded key.</summary>
    /// <param name="probe">Its probe.</param>
    /// <param name="key">The encoded key.</param>
    /// <returns>False when it was there.</returns>
    public bool TryAdd(KeyProbe probe, ReadOnlySpan<byte> key)
    {
        Reserve(1);
        var hash = KeyProbe.HashOf(probe.Vector);
        var group = Locate(probe, hash, key, out var free);
        if (group >= 0)
        {
            return false;
        }

        Add(free, probe, hash, key);
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
            var hash = KeyProbe.HashOf(probe.Vector);
            var name = Locate(probe, hash, key, out var free);
            _names[group] = name >= 0 ? name : Add(free, probe, hash, key);
        }

        return _names.AsSpan(0, other.Count);
    }

    /// <summary>Bytes that must be there before so many groups can be added.</summary>
    /// <param name="more">How many.</param>
    /// <returns>Size of the tables that would replace those that are full; 0 when there is room.</returns>
    public long GrowthFor(int more)
    {
        var needed = Count + (long)more;
        return (needed > ProbeCapacity ? NextProbes(needed) * sizeof(KeyProbe) : 0) + (needed > _index.Capacity ? _index.NextBytes : 0);
    }

    /// <summary>Forgets some groups and numbers the others anew, in their order.</summary>
    /// <param name="names">0 for each group that goes; receives the new numbers, plus 1.</param>
    /// <param name="plan">The plan, for the form of keys.</param>
    public void Keep(Span<int> names, BoundedWindowPlan plan)
    {
        var (keys, ends, count) = (_keys, _ends, Count);
        _index.Renew(0);
        AllocateProbes(SmallestCapacity);
        (_stable, _hashed, _ends, _keys, Count) = ([], 0, new int[SmallestCapacity], new byte[256], 0);
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
        var capacity = ProbeCapacity;
        if (capacity > 1024 && Count < capacity / 16)
        {
            _index.Renew(_index.Capacity / 4);
            AllocateProbes(capacity / 4);
            (_stable, _ends, _keys) = ([], new int[capacity / 4], new byte[Math.Max(256, _keys.Length / 4)]);
        }
        else
        {
            _index.Clear();
        }

        (_hashed, Count) = (0, 0);
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

    // Rows whose groups are not found at once are left for later, so that the loop has no call in it; it is a
    // method of its own, so that all it needs stays in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindNear(KeyProbe* probes, ulong* hashes, int* groups, int count, int* left)
    {
        var (home, tagMask) = (_index.Home, _index.TagMask);
        var known = Probes;
        var leftOver = 0;
        for (var i = 0; i < count; i++)
        {
            var number = TagIndex.NumberIn(home.Of(hashes[i]), (uint)hashes[i], tagMask);
            groups[i] = (int)number - 1;
            if (!KeyProbe.AreSameKey(known + number, probes + i))
            {
                left[leftOver++] = i;
            }
        }

        return leftOver;
    }

    // For tables beyond the first-level cache: what a row needs is asked for many rows ahead. With so many groups there are
    // always new ones, so there is no branch on whether a row's group is found.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindFar(KeyProbe* probes, ulong* hashes, int* groups, int count, int* left)
    {
        var (home, tagMask) = (_index.Home, _index.TagMask);
        var known = Probes;
        for (var i = 0; i < KeyChunk.Ahead; i++)
        {
            TagIndex.Buckets.Prefetch(home.Of(hashes[i]));
        }

        for (var i = 0; i < count; i++)
        {
            TagIndex.Buckets.Prefetch(home.Of(hashes[i + KeyChunk.Ahead]));
            var number = TagIndex.NumberIn(home.Of(hashes[i]), (uint)hashes[i], tagMask);
            groups[i] = (int)number - 1;
            TagIndex.Buckets.Prefetch(known + number);
        }

        var leftOver = 0;
        for (var i = 0; i < count; i++)
        {
            left[leftOver] = i;
            leftOver += KeyProbe.AreSameKey(known + (uint)(groups[i] + 1), probes + i) ? 0 : 1;
        }

        return leftOver;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FindLeft(KeyChunk keys, int* groups, int count, bool canAdd)
    {
        for (var i = 0; i < count; i++)
        {
            var row = keys.Left[i];
            groups[row] = Find(keys, row, canAdd);
        }
    }

    private int Find(KeyChunk keys, int row, bool canAdd)
    {
        var probe = keys.Probes[row];
        var hash = keys.Hashes[row];
        var group = Locate(probe, hash, probe.IsWhole ? default : keys.Encoded(row), out var free);
        if (group >= 0 || !canAdd)
        {
            return group;
        }

        return probe.IsWhole && !keys.IsNumber ? AddShort(free, probe, hash) : Add(free, probe, hash, keys.Encoded(row));
    }

    // The key's group, or -1 and the free cell where it would stand.
    private int Locate(KeyProbe probe, ulong hash, ReadOnlySpan<byte> key, out uint* free)
    {
        // A bucket with an unused cell and without the tag tells at once that the key is new.
        free = TagIndex.FreeIn(_index.First(hash));
        if (free != null && TagIndex.NumberIn(_index.First(hash), (uint)hash, _index.TagMask) == 0)
        {
            return -1;
        }

        for (free = _index.First(hash); *free != 0; free = _index.Next(free))
        {
            if (_index.IsUnder(*free, (uint)hash, out var number) && Probes[number] == probe && (probe.IsWhole || Key(number - 1).SequenceEqual(key)))
            {
                return number - 1;
            }
        }

        return -1;
    }

    private int Add(uint* free, KeyProbe probe, ulong hash, ReadOnlySpan<byte> key)
    {
        key.CopyTo(RoomFor(key.Length));
        return Add(free, probe, hash, key.Length);
    }

    // A probe that is a whole text is copied at once; what is beyond the text is overwritten by the next key.
    private int AddShort(uint* free, KeyProbe probe, ulong hash)
    {
        MemoryMarshal.Write(RoomFor(KeyProbe.Bytes), probe);
        return Add(free, probe, hash, probe.Length);
    }

    // Adds a group whose key was written.
    private int Add(uint* free, KeyProbe probe, ulong hash, int length)
    {
        var group = Count;
        if (group == _ends.Length)
        {
            Array.Resize(ref _ends, checked(2 * group));
        }

        _ends[group] = (group == 0 ? 0 : _ends[group - 1]) + length;
        Count = group + 1;
        Probes[Count] = probe;
        _index.Fill(free, (uint)hash, Count);
        return group;
    }

    private Span<byte> RoomFor(int length)
    {
        var begin = Count == 0 ? 0 : _ends[Count - 1];
        var needed = checked(begin + length);
        if (needed > _keys.Length)
        {
            Array.Resize(ref _keys, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _keys.Length)));
        }

        return _keys.AsSpan(begin);
    }

    // Only what orders a subject's groups asks for these, and then soon for most of them.
    private void HashNew()
    {
        if (_stable.Length < Count)
        {
            Array.Resize(ref _stable, _ends.Length);
        }

        for (; _hashed < Count; _hashed++)
        {
            _stable[_hashed] = XxHash3.HashToUInt64(Key(_hashed), StableSeed);
        }
    }

    private int ProbeCapacity => (int)(_probes.Bytes / sizeof(KeyProbe)) - 1;

    private long NextProbes(long needed) => Math.Max(needed, ProbeCapacity + (ProbeCapacity / 2L)) + 1;

    private void Reserve(int more)
    {
        var needed = Count + (long)more;
        if (needed > ProbeCapacity)
        {
            var old = _probes;
            AllocateProbes(NextProbes(needed) - 1);
            var used = (Count + 1L) * sizeof(KeyProbe);
            Buffer.MemoryCopy(old.Start, _probes.Start, used, used);
            GC.KeepAlive(old);
        }

        if (needed > _index.Capacity)
        {
            _index.Renew(needed);
            for (var number = 1; number <= Count; number++)
            {
                var hash = KeyProbe.HashOf(Probes[number].Vector);
                _index.Add(hash, (uint)hash, number);
            }
        }
    }

    private void AllocateProbes(long groups)
    {
        _probes = PinnedMemory.Allocate((groups + 1) * sizeof(KeyProbe));
        Probes[0] = KeyProbe.None;
    }
}
