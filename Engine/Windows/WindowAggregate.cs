using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Windows;

/// <summary>
/// The bounded, un-noised content of one window, by group, in columns. Lanes make partial ones that add up, since
/// a subject is in one lane only. It leaves the process only inside a checkpoint, never through a sink.
/// </summary>
/// <param name="window">The window.</param>
/// <param name="keyParts">Number of group-by fields.</param>
/// <param name="sums">Number of summed measures.</param>
public sealed class WindowAggregate(TimeWindow window, int keyParts, int sums)
{
    private readonly Dictionary<byte[], int> _index = new(GroupKeyComparer.Instance);
    private readonly List<byte[]> _keys = [];
    private readonly List<long> _rows = [];
    private readonly List<long> _subjects = [];
    private readonly List<long>[] _sums = [.. Enumerable.Range(0, sums).Select(_ => new List<long>())];

    /// <summary>The window.</summary>
    public TimeWindow Window { get; } = window;

    /// <summary>Number of group-by fields.</summary>
    public int KeyParts { get; } = keyParts;

    /// <summary>Number of groups.</summary>
    public int Count => _keys.Count;

    /// <summary>Number of summed measures.</summary>
    public int SumCount => _sums.Length;

    /// <summary>Whether the window was given up, for want of memory or because it has too many groups: it is withheld, and
    /// what it holds means nothing.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Bounded rows by group.</summary>
    public ReadOnlySpan<long> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Distinct subjects by group, after bounding.</summary>
    public ReadOnlySpan<long> Subjects => CollectionsMarshal.AsSpan(_subjects);

    /// <summary>Clamped sums of a measure by group.</summary>
    /// <param name="measure">The measure's index in the plan.</param>
    /// <returns>The sums, in units of the measure's resolution.</returns>
    public ReadOnlySpan<long> Sums(int measure) => CollectionsMarshal.AsSpan(_sums[measure]);

    /// <summary>A group's encoded key.</summary>
    /// <param name="group">The group's index.</param>
    /// <returns>See <see cref="EncodeKey"/>.</returns>
    public ReadOnlySpan<byte> Key(int group) => _keys[group];

    /// <summary>A group's key as text.</summary>
    /// <param name="group">The group's index.</param>
    /// <returns>One part for each group-by field.</returns>
    public string[] KeyText(int group) => DecodeKey(_keys[group], KeyParts);

    /// <summary>The index of a group, added with zeros when it is new.</summary>
    /// <param name="encodedKey">See <see cref="EncodeKey"/>.</param>
    /// <returns>The index.</returns>
    public int GetOrAdd(ReadOnlySpan<byte> encodedKey)
    {
        var lookup = _index.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(encodedKey, out var group))
        {
            return group;
        }

        group = _keys.Count;
        var key = encodedKey.ToArray();
        _index.Add(key, group);
        _keys.Add(key);
        _rows.Add(0);
        _subjects.Add(0);
        foreach (var column in _sums)
        {
            column.Add(0);
        }

        return group;
    }

    /// <summary>The index of a group, or -1.</summary>
    /// <param name="encodedKey">See <see cref="EncodeKey"/>.</param>
    /// <returns>The index.</returns>
    public int Find(ReadOnlySpan<byte> encodedKey) =>
        _index.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(encodedKey, out var group) ? group : -1;

    /// <summary>Adds contributions to a group.</summary>
    /// <param name="group">The group's index.</param>
    /// <param name="rows">Bounded rows.</param>
    /// <param name="subjects">Distinct subjects.</param>
    public void Add(int group, long rows, long subjects)
    {
        CollectionsMarshal.AsSpan(_rows)[group] += rows;
        CollectionsMarshal.AsSpan(_subjects)[group] += subjects;
    }

    /// <summary>Adds a clamped sum to a group.</summary>
    /// <param name="group">The group's index.</param>
    /// <param name="measure">The measure's index in the plan.</param>
    /// <param name="value">The sum.</param>
    public void AddSum(int group, int measure, long value)
    {
        ref var cell = ref CollectionsMarshal.AsSpan(_sums[measure])[group];
        cell = checked(cell + value);
    }

    /// <summary>Marks the window as given up.</summary>
    public void GiveUp() => IsGivenUp = true;

    /// <summary>Adds another lane's partial of the same window. If one lane gave the window up, all of it is.</summary>
    /// <param name="other">The partial.</param>
    public void Merge(WindowAggregate other)
    {
        IsGivenUp |= other.IsGivenUp;
        for (var group = 0; group < other.Count; group++)
        {
            var mine = GetOrAdd(other.Key(group));
            Add(mine, other.Rows[group], other.Subjects[group]);
            for (var measure = 0; measure < _sums.Length; measure++)
            {
                AddSum(mine, measure, other.Sums(measure)[group]);
            }
        }
    }

    /// <summary>Encodes a key: the bytes themselves for one part, otherwise each part after its length (4 bytes, little-endian).</summary>
    /// <param name="parts">The parts.</param>
    /// <returns>The encoded key.</returns>
    public static byte[] EncodeKey(IReadOnlyList<string> parts)
    {
        if (parts.Count == 1)
        {
            return Encoding.UTF8.GetBytes(parts[0]);
        }

        using var stream = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            stream.Write(length);
            stream.Write(bytes);
        }

        return stream.ToArray();
    }

    /// <summary>Decodes what <see cref="EncodeKey"/> encoded.</summary>
    /// <param name="key">The encoded key.</param>
    /// <param name="parts">Number of parts.</param>
    /// <returns>The parts.</returns>
    public static string[] DecodeKey(ReadOnlySpan<byte> key, int parts)
    {
        if (parts == 1)
        {
            return [Encoding.UTF8.GetString(key)];
        }

        var texts = new string[parts];
        for (var i = 0; i < parts; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(key);
            texts[i] = Encoding.UTF8.GetString(key.Slice(4, length));
            key = key[(4 + length)..];
        }

        return texts;
    }
}
