using Akka.Actor;

namespace AkkaPrivacy.AkkaNet.Singleton;

/// <summary>Asks a machine, wherever in the cluster it runs.</summary>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TCommand">What is asked for.</typeparam>
/// <typeparam name="TEvent">What happened.</typeparam>
public sealed class MachineClient<TState, TCommand, TEvent>
    where TState : notnull
    where TCommand : notnull
    where TEvent : notnull
{
    private readonly IActorRef _machine;
    private readonly MachineFormat<TState, TCommand, TEvent> _format;
    private readonly TimeSpan _timeout;

    internal MachineClient(IActorRef machine, MachineFormat<TState, TCommand, TEvent> format, TimeSpan timeout) =>
        (_machine, _format, _timeout) = (machine, format, timeout);

    /// <summary>Asks once.</summary>
    /// <param name="command">The command. It may be decided on although the answer is lost, so it is one that can be repeated.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="AskTimeoutException">No answer came in time: the machine is moving, or out of reach.</exception>
    /// <exception cref="MachineFormatException">The answer is of another version.</exception>
    public async Task<MachineAnswer<TState>> AskAsync(TCommand command)
    {
        var reply = await _machine.Ask<MachineReply>(_format.Command(command), _timeout).ConfigureAwait(false);
        return new MachineAnswer<TState>(reply.Rejection, _format.Read(reply.State));
    }
}

/// <summary>A machine's answer.</summary>
/// <typeparam name="TState">The state.</typeparam>
/// <param name="Rejection">Why the command was refused; null when it was accepted.</param>
/// <param name="State">The state after it.</param>
public sealed record MachineAnswer<TState>(string? Rejection, TState State);
