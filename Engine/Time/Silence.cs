namespace AkkaPrivacy.Engine.Time;

/// <summary>Tells which partitions have given nothing for so long that their frontier may follow the clock. Silence is what was
/// observed: it begins with the first read that brought nothing, so that time in which nobody read does not count.</summary>
/// <param name="timeout">How long; null never.</param>
/// <param name="time">The clock.</param>
internal sealed class Silence(TimeSpan? timeout, TimeProvider time)
{
    private readonly Dictionary<int, long> _since = [];

    /// <summary>A partition gave rows.</summary>
    /// <param name="partition">The partition.</param>
    public void Break(int partition) => _since.Remove(partition);

    /// <summary>Reading stands still; what was observed before says nothing of what comes now.</summary>
    public void Forget() => _since.Clear();

    /// <summary>A partition was read and gave nothing.</summary>
    /// <param name="partition">The partition.</param>
    /// <returns>Whether it has been silent for as long as the timeout.</returns>
    public bool IsLong(int partition)
    {
        if (timeout is not { } longest)
        {
            return false;
        }

        if (!_since.TryGetValue(partition, out var since))
        {
            _since.Add(partition, since = time.GetTimestamp());
        }

        return time.GetElapsedTime(since) >= longest;
    }
}
