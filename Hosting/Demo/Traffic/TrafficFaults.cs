using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>What is wrong with a line.</summary>
internal enum TrafficFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It ends in the middle.</summary>
    Truncated,

    /// <summary>A number is a text.</summary>
    WrongType,

    /// <summary>The e-mail address is missing.</summary>
    NoEmail,

    /// <summary>The event time is missing.</summary>
    NoTime,

    /// <summary>It is not UTF-8.</summary>
    BadUtf8,
}

/// <summary>Draws faults.</summary>
internal static class TrafficFaults
{
    private const int LinesPerFault = 1000;
    private const int Kinds = 5;

    /// <summary>A fault in one line of a thousand.</summary>
    /// <param name="random">The sequence.</param>
    public static TrafficFault Draw(ref TrafficRandom random)
    {
        var roll = random.Below(LinesPerFault * Kinds);
        return roll < Kinds ? (TrafficFault)(roll + 1) : TrafficFault.None;
    }

    /// <summary>The reason that a pipeline should give; null for a sound line.</summary>
    /// <param name="fault">The fault.</param>
    public static DeadLetterReason? ReasonOf(TrafficFault fault) => fault switch
    {
        TrafficFault.Truncated => DeadLetterReason.Malformed,
        TrafficFault.WrongType => DeadLetterReason.WrongType,
        TrafficFault.NoEmail => DeadLetterReason.MissingField,
        TrafficFault.NoTime => DeadLetterReason.MissingTime,
        TrafficFault.BadUtf8 => DeadLetterReason.InvalidUtf8,
        _ => null,
    };
}
