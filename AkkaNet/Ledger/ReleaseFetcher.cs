using Akka.Actor;
using Akka.Persistence;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>Reads one stored release from the journal and answers with it. Releases never change, so the account need
/// not wait for it.</summary>
internal sealed class ReleaseFetcher : ReceiveActor
{
    private readonly string _persistenceId;
    private readonly long _sequence;
    private readonly IActorRef _asker;
    private ILedgerReply? _found;
    private bool _answered;

    public ReleaseFetcher(string persistenceId, long sequence, LedgerShardingOptions options, IActorRef asker)
    {
        (_persistenceId, _sequence, _asker) = (persistenceId, sequence, asker);
        Persistence.Instance.Apply(Context.System).JournalFor(options.Journal)
            .Tell(new ReplayMessages(sequence, sequence, 1, persistenceId, Self), Self);
        SetReceiveTimeout(options.AskTimeout);
        Receive<ReplayedMessage>(message => _found = Read(message.Persistent.Payload));
        Receive<RecoverySuccess>(_ => End(_found ?? Corrupt("it is not there")));
        Receive<ReplayMessagesFailure>(failure => End(Unavailable(failure.Cause.GetType().Name)));
        Receive<ReceiveTimeout>(_ => End(Unavailable("timeout")));
    }

    public static Props Props(string persistenceId, long sequence, LedgerShardingOptions options, IActorRef asker) =>
        Akka.Actor.Props.Create(() => new ReleaseFetcher(persistenceId, sequence, options, asker));

    // Its account stopped, and it with it.
    protected override void PostStop()
    {
        if (!_answered)
        {
            _asker.Tell(Unavailable("its account stopped"));
        }

        base.PostStop();
    }

    private ILedgerReply Read(object payload)
    {
        try
        {
            return payload is JournalEvent { Form: JournalForms.Released or JournalForms.ReleasedBefore } stored
                ? new Released(ReleaseJson.Read(JournalForms.ReadReleased(stored.Payload).Release), true)
                : Corrupt("another event is there");
        }
        catch (FormatException failure)
        {
            return Corrupt(failure.Message);
        }
    }

    private void End(ILedgerReply reply)
    {
        _answered = true;
        _asker.Tell(reply, Context.Parent);
        Context.Stop(Self);
    }

    private Refused Corrupt(string why) =>
        Refused.With(RefusalCode.CorruptHistory, $"Event {_sequence} of '{_persistenceId}' holds a stored release that cannot be read: {why}. Restore the journal from a backup.");

    private Refused Unavailable(string why) =>
        Refused.With(RefusalCode.Unavailable, $"The release is stored in event {_sequence} of '{_persistenceId}', but the journal did not give it ({why}). Ask again.");
}
