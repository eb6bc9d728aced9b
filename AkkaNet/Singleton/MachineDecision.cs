namespace AkkaPrivacy.AkkaNet.Singleton;

/// <summary>What a state machine decided.</summary>
/// <typeparam name="TEvent">What happened.</typeparam>
/// <param name="Events">The events in their order; empty with a rejection.</param>
/// <param name="Rejection">Why nothing happens; null when the command was accepted. It quotes no personal value.</param>
public sealed record MachineDecision<TEvent>(IReadOnlyList<TEvent> Events, string? Rejection)
{
    /// <summary>The command was accepted and changes nothing.</summary>
    public static MachineDecision<TEvent> Nothing { get; } = new([], null);

    /// <summary>The command was accepted.</summary>
    /// <param name="events">What happens.</param>
    /// <returns>The decision.</returns>
    public static MachineDecision<TEvent> Happens(params IReadOnlyList<TEvent> events) => new(events, null);

    /// <summary>The command was refused.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The decision.</returns>
    public static MachineDecision<TEvent> Rejected(string reason) => new([], reason);
}
