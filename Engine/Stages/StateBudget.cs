namespace AkkaPrivacy.Engine.Stages;

/// <summary>Memory that the state of a run may take, shared by its stages and lanes. A stage asks before its tables grow; one
/// that is refused gives state up by its own stated policy. Safe for concurrent use.</summary>
/// <param name="limit">Bytes in all, above 0.</param>
public sealed class StateBudget(long limit)
{
    private long _taken;

    /// <summary>A budget that is never exceeded.</summary>
    /// <returns>A new one.</returns>
    public static StateBudget Unlimited() => new(long.MaxValue);

    /// <summary>Bytes in all.</summary>
    public long Limit { get; } = limit;

    /// <summary>Bytes that stages have taken.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Whether more is taken than there is, which happens when tables grow beyond what was asked for.</summary>
    public bool IsExceeded => Taken > Limit;

    /// <summary>Asks for memory.</summary>
    /// <param name="bytes">How much, 0 or more.</param>
    /// <returns>False when it is not there; nothing is taken then.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= Limit)
        {
            return true;
        }

        Interlocked.Add(ref _taken, -bytes);
        return false;
    }

    /// <summary>Notes what a stage holds in fact.</summary>
    /// <param name="bytes">Bytes more than were noted before; negative for fewer.</param>
    public void Adjust(long bytes) => Interlocked.Add(ref _taken, bytes);
}
