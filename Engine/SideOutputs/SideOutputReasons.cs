using System.Collections.Frozen;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.SideOutputs;

/// <summary>Groups of reasons for side outputs.</summary>
public static class SideOutputReasons
{
    /// <summary>Lines and rows that cannot be read: malformed, too long, not UTF-8, a wrong type, a missing field or time.</summary>
    public static IReadOnlySet<DeadLetterReason> Unreadable { get; } = FrozenSet.Create(
        DeadLetterReason.Malformed, DeadLetterReason.LineTooLong, DeadLetterReason.InvalidUtf8,
        DeadLetterReason.WrongType, DeadLetterReason.MissingField, DeadLetterReason.MissingTime);

    /// <summary>Everything that is a fault of a row or of a stage: <see cref="Unreadable"/>, times out of range, and stages that
    /// threw. What a listener for dead letters is told.</summary>
    public static IReadOnlySet<DeadLetterReason> Faults { get; } =
        Unreadable.Append(DeadLetterReason.TimeOutOfRange).Append(DeadLetterReason.StageError).ToFrozenSet();

    /// <summary>All reasons.</summary>
    public static IReadOnlySet<DeadLetterReason> All { get; } = Enum.GetValues<DeadLetterReason>().ToFrozenSet();
}
