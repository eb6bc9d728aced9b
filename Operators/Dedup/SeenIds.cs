using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Operators.Dedup;

/// <summary>Remembers keys with event times. Open addressing with linear probing; a key may stand in it several times, with
/// times that lie further apart than the horizon.</summary>
/// <remarks>A place is looked for by key and by a stretch of time of eight horizons. So a subject that uses one id again and
/// again makes short chains only, and most lookups touch one place.</remarks>
/// <param name="horizon">The horizon in milliseconds, 0 or more.</param>
/// <param name="period">The accounting period in milliseconds: times of two periods are never near. 0 for none.</param>
internal sealed class SeenIds(long horizon, long period = 0)
{
    private readonly long _stretch = 8 * (horizon + 1);

    private const int SmallestCapacity = 1024;
    private Token[] _keys = new Token[SmallestCapacity];
    private long[] _times = new long[SmallestCapacity];
    private int _shift = 64 - int.Log2(SmallestCapacity);

    /// <summary>Entries.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a key unless it is there with a time within the horizon.</summary>
    /// <param name="key">The key; keys are uniform, all zero bits stand for none.</param>
    /// <param name="time">Event time in milliseconds.</param>
    /// <returns>False when it was there.</returns>
    public bool TryAdd(Token key, long time)
    {
        var stretch = Stretch(time);
        if (Holds(key, time, stretch)
            || (Stretch(time - horizon) != stretch && Holds(key, time, stretch - 1))
            || (Stretch(time + horizon) != stretch && Holds(key, time, stretch + 1)))
        {
            return false;
        }

        if (Count >= _keys.Length / 2)
        {
            Resize(2 * _keys.Length, long.MinValue);
        }

        Put(key, time);
        Count++;
        return true;
    }

    /// <summary>Forgets entries before a time.</summary>
    /// <param name="before">Event time in milliseconds; entries at it stay.</param>
    public void Forget(long before)
    {
        var kept = 0;
        for (var i = 0; i < _keys.Length; i++)
        {
            kept += _keys[i] != default && _times[i] >= before ? 1 : 0;
        }

        if (kept < Count)
        {
            // A table that is nearly empty shrinks by half at a time, so that it does not swing with every window.
            Resize(_keys.Length > SmallestCapacity && kept < _keys.Length / 8 ? _keys.Length / 2 : _keys.Length, before);
        }
    }

    /// <summary>Writes the entries.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(SnapshotWriter writer)
    {
        var keys = writer.Reserve<Token>(Count);
        for (int i = 0, to = 0; i < _keys.Length; i++)
        {
            if (_keys[i] != default)
            {
                keys[to++] = _keys[i];
            }
        }

        var times = writer.Reserve<long>(Count);
        for (int i = 0, to = 0; i < _keys.Length; i++)
        {
            if (_keys[i] != default)
            {
                times[to++] = _times[i];
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote, into the empty table.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="SnapshotException">The state is damaged.</exception>
    public void Read(SnapshotReader reader)
    {
        var keys = reader.ReadArray<Token>();
        var times = reader.ReadArray<long>();
        if (keys.Length != times.Length || keys.Contains(default))
        {
            throw new SnapshotException("The stored state is damaged: remembered ids and their times do not match.");
        }

        while (keys.Length > _keys.Length / 2)
        {
            Resize(2 * _keys.Length, long.MinValue);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            Put(keys[i], times[i]);
        }

        Count = keys.Length;
    }

    private bool Holds(Token key, long time, long stretch)
    {
        for (var index = Home(key, stretch); _keys[index] != default; index = (index + 1) & (_keys.Length - 1))
        {
            if (_keys[index] == key && Math.Abs(_times[index] - time) <= horizon && IsSamePeriod(_times[index], time))
            {
                return true;
            }
        }

        return false;
    }

    // Rows of one period must not decide what passes in the next: a subject is protected in each by that one's budget.
    private bool IsSamePeriod(long one, long other) => period == 0 || TimeWindow.FloorTo(one, period) == TimeWindow.FloorTo(other, period);

    private void Put(Token key, long time)
    {
        var index = Home(key, Stretch(time));
        while (_keys[index] != default)
        {
            index = (index + 1) & (_keys.Length - 1);
        }

        (_keys[index], _times[index]) = (key, time);
    }

    private long Stretch(long time) => time >= 0 ? time / _stretch : ((time + 1) / _stretch) - 1;

    private int Home(Token key, long stretch) => (int)((key.Low ^ ((ulong)stretch * 0x9E3779B97F4A7C15)) >> _shift);

    private void Resize(int capacity, long before)
    {
        var (keys, times) = (_keys, _times);
        (_keys, _times, _shift) = (new Token[capacity], new long[capacity], 64 - int.Log2(capacity));
        Count = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] != default && times[i] >= before)
            {
                Put(keys[i], times[i]);
                Count++;
            }
        }
    }
}
