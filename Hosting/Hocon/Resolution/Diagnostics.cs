namespace AkkaPrivacy.Hosting.Hocon.Resolution;

/// <summary>Collects the errors of one resolution and keeps its cost within bounds.</summary>
internal sealed class Diagnostics
{
    private readonly List<HoconError> _errors = [];
    private readonly HashSet<HoconError> _seen = [];
    private long _nodes;
    private long _chars;

    public Shape Report(HoconOrigin origin, string message)
    {
        var error = new HoconError(origin, message);
        if (_seen.Add(error))
        {
            _errors.Add(error);
        }

        return Shape.Failed;
    }

    /// <summary>Ends the resolution at once: going on would cost too much.</summary>
    public HoconException Fatal(HoconOrigin origin, string message)
    {
        Report(origin, message);
        return new HoconException(_errors);
    }

    public void ChargeNodes(long count, HoconOrigin origin)
    {
        _nodes += count;
        if (_nodes > HoconLimits.MaxNodes)
        {
            throw Fatal(origin, $"found substitutions that expand to more than {HoconLimits.MaxNodes} values; that many are allowed");
        }
    }

    public void ChargeChars(long count, HoconOrigin origin)
    {
        _chars += count;
        if (_chars > HoconLimits.MaxJoinedChars)
        {
            throw Fatal(origin, $"found substitutions that expand to more than {HoconLimits.MaxJoinedChars} characters; that many are allowed");
        }
    }

    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            throw new HoconException(_errors);
        }
    }
}
