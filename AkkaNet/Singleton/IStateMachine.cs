namespace AkkaPrivacy.AkkaNet.Singleton;

/// <summary>A pure state machine: a state and a command give events or a rejection, and events give the next state.</summary>
/// <remarks>
/// Both methods are functions of their arguments alone: no clock, no randomness, no I/O. They are called on one thread,
/// <see cref="Decide"/> once a command and <see cref="Evolve"/> once an event, also when events are read again after a
/// hand-over. An exception from either refuses the command and changes nothing.
/// </remarks>
/// <typeparam name="TState">The state; immutable.</typeparam>
/// <typeparam name="TCommand">What is asked for.</typeparam>
/// <typeparam name="TEvent">What happened; stored.</typeparam>
public interface IStateMachine<TState, TCommand, TEvent>
    where TState : notnull
    where TCommand : notnull
    where TEvent : notnull
{
    /// <summary>The state before the first event.</summary>
    TState Initial { get; }

    /// <summary>Decides on a command.</summary>
    /// <param name="state">The state now.</param>
    /// <param name="command">What is asked for.</param>
    /// <returns>Events in their order, or why not; no events when the command asks for what is already so.</returns>
    MachineDecision<TEvent> Decide(TState state, TCommand command);

    /// <summary>The state after an event.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="happened">The event.</param>
    /// <returns>The new state.</returns>
    TState Evolve(TState state, TEvent happened);
}
