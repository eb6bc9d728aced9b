using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace AkkaPrivacy.AkkaNet.Singleton;

/// <summary>A persistent actor around a pure state machine, of which a cluster runs one.</summary>
/// <remarks>
/// An event counts once the journal has it; the reply is sent after that. A command that cannot be read, or whose decision
/// or events throw, is refused with a reason, and the machine goes on. A journal that fails stops the actor: its supervisor
/// starts it again with backoff, and it recovers what was stored. On hand-over it stores a snapshot and stops.
/// </remarks>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TCommand">What is asked for.</typeparam>
/// <typeparam name="TEvent">What happened.</typeparam>
public sealed class StateMachineSingleton<TState, TCommand, TEvent> : ReceivePersistentActor
    where TState : notnull
    where TCommand : notnull
    where TEvent : notnull
{
    private readonly IStateMachine<TState, TCommand, TEvent> _machine;
    private readonly MachineFormat<TState, TCommand, TEvent> _format;
    private readonly int _snapshotEvery;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private TState _state;
    private long _snapshotAt;
    private bool _handingOver;

    /// <summary>Makes the actor; its state is recovered from the journal.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="format">Its format.</param>
    /// <param name="snapshotEvery">Events between two snapshots, 1 or more.</param>
    public StateMachineSingleton(IStateMachine<TState, TCommand, TEvent> machine, MachineFormat<TState, TCommand, TEvent> format, int snapshotEvery)
    {
        (_machine, _format, _snapshotEvery, _state) = (machine, format, snapshotEvery, machine.Initial);
        Recover<MachineEvent>(happened => _state = machine.Evolve(_state, format.Read(happened)));
        Recover<SnapshotOffer>(offer => Restore((MachineSnapshot)offer.Snapshot));
        Command<MachineCommand>(Handle);
        Command<MachineHandOver>(_ => HandOver());
        Command<SaveSnapshotSuccess>(saved => OnSaved(saved.Metadata.SequenceNr));
        Command<SaveSnapshotFailure>(failure => OnNotSaved(failure.Cause));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(_ => { });
    }

    /// <inheritdoc />
    public override string PersistenceId => $"machine/{_format.Name}";

    /// <inheritdoc />
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Refuse("the journal did not take the event; nothing was changed");
    }

    private void Restore(MachineSnapshot snapshot)
    {
        _state = _format.Read(snapshot);
        _snapshotAt = LastSequenceNr;
    }

    private void Handle(MachineCommand message)
    {
        if (_handingOver)
        {
            Refuse("the machine is moving to another node; ask again");
            return;
        }

        var (next, decision) = Decide(message);
        if (decision.Rejection is { } reason)
        {
            Refuse(reason);
        }
        else if (decision.Events.Count == 0)
        {
            Sender.Tell(new MachineReply(null, _format.Snapshot(_state)));
        }
        else
        {
            Store(decision.Events, next);
        }
    }

    // The next state is known before anything is stored, so that an event which throws never gets into the journal.
    private (TState Next, MachineDecision<TEvent> Decision) Decide(MachineCommand message)
    {
        try
        {
            var decision = _machine.Decide(_state, _format.Read(message));
            return (decision.Events.Aggregate(_state, _machine.Evolve), decision);
        }
        catch (MachineFormatException exception)
        {
            return (_state, MachineDecision<TEvent>.Rejected(exception.Message));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _log.Warning("Machine {0} refused a command on which it failed with {1}", _format.Name, exception.GetType().Name);
            return (_state, MachineDecision<TEvent>.Rejected($"the machine failed on this command ({exception.GetType().Name}); nothing was changed"));
        }
    }

    private void Store(IReadOnlyList<TEvent> events, TState next)
    {
        var left = events.Count;
        PersistAll(events.Select(_format.Event).ToList(), _ =>
        {
            if (--left > 0)
            {
                return;
            }

            _state = next;
            Sender.Tell(new MachineReply(null, _format.Snapshot(_state)));
            if (LastSequenceNr - _snapshotAt >= _snapshotEvery)
            {
                _snapshotAt = LastSequenceNr;
                SaveSnapshot(_format.Snapshot(_state));
            }
        });
    }

    private void HandOver()
    {
        _handingOver = true;
        if (LastSequenceNr == _snapshotAt)
        {
            Context.Stop(Self);
            return;
        }

        SaveSnapshot(_format.Snapshot(_state));
    }

    private void OnSaved(long sequence)
    {
        _snapshotAt = Math.Max(_snapshotAt, sequence);

        // One older snapshot stays, in case the newest is damaged.
        DeleteSnapshots(new SnapshotSelectionCriteria(sequence - _snapshotEvery - 1));
        EndHandOver();
    }

    private void OnNotSaved(Exception cause)
    {
        _log.Warning("Machine {0} could not store a snapshot ({1}); its events are stored", _format.Name, cause.GetType().Name);
        EndHandOver();
    }

    private void EndHandOver()
    {
        if (_handingOver)
        {
            Context.Stop(Self);
        }
    }

    private void Refuse(string reason) => Sender.Tell(new MachineReply(reason, _format.Snapshot(_state)));
}
