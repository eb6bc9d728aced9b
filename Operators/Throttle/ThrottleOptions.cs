namespace AkkaPrivacy.Operators.Throttle;

/// <summary>How fast a source may be read. Both limits hold; at least one is set.</summary>
public sealed record ThrottleOptions
{
    /// <summary>Rows a second over all partitions and lanes: above 0, at most 10^9. Default: no limit.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>Bytes of input a second: above 0, at most 10^12. Default: no limit.</summary>
    public double? BytesPerSecond { get; init; }

    internal void Check()
    {
        Check(RowsPerSecond, 1e9, nameof(RowsPerSecond));
        Check(BytesPerSecond, 1e12, nameof(BytesPerSecond));
        if (RowsPerSecond is null && BytesPerSecond is null)
        {
            throw new ArgumentException("A throttle needs a limit: rows a second, bytes a second, or both.");
        }
    }

    private static void Check(double? limit, double largest, string name)
    {
        if (limit is { } value && !(value > 0 && value <= largest))
        {
            throw new ArgumentOutOfRangeException(name, value, $"A limit is above 0 and at most {largest:R} a second.");
        }
    }
}
