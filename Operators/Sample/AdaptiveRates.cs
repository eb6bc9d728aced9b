using System.Collections.Immutable;
using System.Text;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Enrich;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Makes the tables of weights of an adaptive sample.</summary>
/// <param name="policy">From released values to weights.</param>
internal sealed class RateFollower(RatePolicy policy) : IReleaseFollower
{
    private const int Version = 1;

    /// <summary>From released values to weights.</summary>
    public RatePolicy Policy { get; } = policy;

    public long ValidFrom(long endMs) => Policy.ValidFrom(endMs);

    public IFollowed Begin() => new AdaptiveRates(this, long.MinValue, ImmutableSortedDictionary.Create<string, KeyRate>(StringComparer.Ordinal));

    public IFollowed Restore(SnapshotReader reader)
    {
        reader.ReadInt32(Version, Version);
        var last = reader.ReadInt64();
        var keys = ImmutableSortedDictionary.CreateBuilder<string, KeyRate>(StringComparer.Ordinal);
        for (var i = reader.ReadInt32(0, int.MaxValue); i > 0; i--)
        {
            var key = reader.ReadString();
            double? estimate = reader.ReadInt32(0, 1) == 1 ? BitConverter.Int64BitsToDouble(reader.ReadInt64()) : null;
            var versions = reader.ReadArray<WeightVersion>();
            if (versions.Any(version => version.Weight < 1 || version.Weight > Policy.Largest))
            {
                throw new SnapshotException($"The stored weights of an adaptive sample are damaged: one is outside 1..{Policy.Largest}.");
            }

            keys[key] = new KeyRate(estimate, [.. versions]);
        }

        return new AdaptiveRates(this, last, keys.ToImmutable());
    }

    /// <summary>Writes what <see cref="Restore"/> reads.</summary>
    public static void Write(SnapshotWriter writer, long lastEndMs, ImmutableSortedDictionary<string, KeyRate> keys)
    {
        writer.Write((long)Version);
        writer.Write(lastEndMs);
        writer.Write((long)keys.Count);
        foreach (var (key, rate) in keys)
        {
            writer.Write(key);
            writer.Write(rate.Estimate is null ? 0L : 1L);
            if (rate.Estimate is { } estimate)
            {
                writer.Write(BitConverter.DoubleToInt64Bits(estimate));
            }

            writer.WriteArray(rate.Versions.AsSpan());
        }
    }
}

/// <summary>The weights of an adaptive sample by key and event time, and the estimates they were made of. A function of released
/// values alone. Immutable, shared by all lanes.</summary>
internal sealed class AdaptiveRates : IFollowed
{
    /// <summary>Rows of a window below which a key that releases no longer name is forgotten.</summary>
    private const double Nothing = 0.5;

    private readonly RateFollower _follower;
    private readonly long _lastEndMs;
    private readonly ImmutableSortedDictionary<string, KeyRate> _keys;

    public AdaptiveRates(RateFollower follower, long lastEndMs, ImmutableSortedDictionary<string, KeyRate> keys)
    {
        (_follower, _lastEndMs, _keys) = (follower, lastEndMs, keys);
        Table = ToTable();
    }

    /// <summary>The weights by key; a missing key has the row behind the last, the initial weight.</summary>
    public LookupTable Table { get; }

    /// <summary>The weight of a row.</summary>
    /// <param name="key">The key's text; empty for a missing one and for a sample without keys.</param>
    /// <param name="timeMs">The row's event time.</param>
    public long Weight(ReadOnlySpan<byte> key, long timeMs) => Table.Columns[0].Numbers[Table.Find(key, timeMs) is var row && row < 0 ? Table.Rows : row];

    /// <summary>The estimate of a key; null when nothing is known of it.</summary>
    public double? Estimate(string key) => _keys.GetValueOrDefault(key)?.Estimate;

    public IFollowed Next(Release release)
    {
        // Windows are followed in order of time; one that was withheld and is released later decides nothing any more.
        var end = release.Id.Window.EndMs;
        if (end <= _lastEndMs)
        {
            return this;
        }

        var policy = _follower.Policy;
        var from = policy.ValidFrom(end);
        var released = release.Groups.ToDictionary(group => group.Key.Count == 0 ? string.Empty : group.Key[0], group => (double)group.Value);
        var keys = _keys.ToBuilder();
        foreach (var key in released.Keys.Concat(_keys.Keys.Where(key => !released.ContainsKey(key))))
        {
            var rate = Next(_keys.GetValueOrDefault(key) ?? KeyRate.Unknown, released.TryGetValue(key, out var value) ? value : null, from).Without(end - policy.LongestMs);
            if (rate.IsForgotten(policy.Initial))
            {
                keys.Remove(key);
            }
            else
            {
                keys[key] = rate;
            }
        }

        return new AdaptiveRates(_follower, end, keys.ToImmutable());
    }

    public void Write(SnapshotWriter writer) => RateFollower.Write(writer, _lastEndMs, _keys);

    // A key that was named before and is not now was not selected, so it has few rows.
    private KeyRate Next(KeyRate rate, double? released, long from)
    {
        var policy = _follower.Policy;
        if (released is null && rate.Estimate is not > Nothing)
        {
            return rate.With(null, new WeightVersion(from, policy.Initial), policy.Initial);
        }

        var estimate = policy.Estimate(rate.Estimate, released ?? 0);
        return rate.With(estimate, new WeightVersion(from, policy.Weight(estimate)), policy.Initial);
    }

    private LookupTable ToTable()
    {
        var (keys, first, times, weights) = (new List<byte[]>(), new List<int> { 0 }, new List<long>(), new List<long>());
        foreach (var (key, rate) in _keys.Where(pair => pair.Value.Versions.Length > 0))
        {
            keys.Add(Encoding.UTF8.GetBytes(key));
            times.AddRange(rate.Versions.Select(version => version.FromMs));
            weights.AddRange(rate.Versions.Select(version => version.Weight));
            first.Add(times.Count);
        }

        weights.Add(_follower.Policy.Initial);
        return new LookupTable(keys, [.. first], [.. times], [new LookupColumn([], null, [.. weights])], string.Empty, []);
    }
}
