using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>
/// One ledger account as a persistent actor. A charge and the values it paid for are one event; an answer goes out when
/// the journal has confirmed it, and never otherwise.
/// </summary>
/// <remarks>With a store it takes the epoch of <c>ledger/{account}</c> before it decides anything and checks it before each
/// event. An event that an older incarnation stores between that check and the journal takes a sequence number; the
/// newer one's event of the same number is then refused by the journal, and it starts again and reads what is there.</remarks>
internal sealed class LedgerAccountActor : ReceivePersistentActor
{
    private readonly AccountBook _book;
    private readonly BookDecider _decider;
    private readonly LedgerShardingOptions _options;
    private readonly TimeProvider _time;
    private readonly AccountFence? _fence;
    private readonly ReleaseCache _cache;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _snapshotAt;
    // Whoever asked for the event that is being stored.
    private IActorRef? _asker;

    public LedgerAccountActor(string account, LedgerShardingOptions options, TimeProvider time, IStore? fence)
    {
        _book = new AccountBook(account);
        _decider = new BookDecider(_book, options.MaxReleaseBytes);
        (_options, _time) = (options, time);
        _fence = fence is null ? null : new AccountFence(fence, account);
        _cache = new ReleaseCache(options.CachedReleases);
        (PersistenceId, JournalPluginId, SnapshotPluginId) = (PersistenceIds.Of(account), options.Journal, options.SnapshotStore);
        Recover<SnapshotOffer>(Restore);
        Recover<JournalEvent>(happened => _book.Apply(happened, LastSequenceNr));
        Recover<RecoveryCompleted>(_ => OnRecovered());
        RecoverAny(other => _book.Reject(other.GetType().Name));
        CommandAny(_ => Stash.Stash());
    }

    public override string PersistenceId { get; }

    protected override void PreStart()
    {
        LostQuestions.Answer(Context.System);
        base.PreStart();
    }

    // Stopped in the middle of a question, whose event may or may not be stored.
    protected override void PostStop()
    {
        _asker?.Tell(LostQuestions.Stopped(_book.Account));
        base.PostStop();
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error("The journal did not confirm event {0} of account {1}: {2}. It starts again.", sequenceNr, _book.Account, cause.GetType().Name);
        Withhold("its journal did not confirm the event");
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _log.Error("The journal rejected event {0} of account {1}: {2}. It starts again.", sequenceNr, _book.Account, cause.GetType().Name);
        Withhold("its journal rejected the event");
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _log.Error("Account {0} cannot read its journal: {1}. It starts again.", _book.Account, reason.GetType().Name);

    private void Restore(SnapshotOffer offer)
    {
        _snapshotAt = offer.Metadata.SequenceNr;
        if (offer.Snapshot is JournalSnapshot snapshot)
        {
            _book.Restore(snapshot);
        }
        else
        {
            _book.Reject(offer.Snapshot.GetType().Name);
        }
    }

    private void OnRecovered()
    {
        if (_fence is null)
        {
            BecomeReady();
            return;
        }

        Become(Acquiring);
        _fence.AcquireAsync().PipeTo(Self);
    }

    private void Acquiring()
    {
        Command<AccountFence.Acquired>(_ => BecomeReady());
        Command<Status.Failure>(failure =>
        {
            _log.Error("Account {0} cannot take its epoch: {1}. It starts again.", _book.Account, failure.Cause.GetType().Name);
            Context.Stop(Self);
        });
        CommandAny(_ => Stash.Stash());
    }

    private void BecomeReady()
    {
        Become(Ready);
        Stash.UnstashAll();
        SetReceiveTimeout(_options.PassivateAfter);
    }

    private void Ready()
    {
        Command<ILedgerCommand>(Handle);
        Command<ReceiveTimeout>(_ => Passivate());
        Command<StopAccount>(_ => Context.Stop(Self));
        Command<SaveSnapshotSuccess>(saved => DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1)));
        Command<SaveSnapshotFailure>(failed => _log.Warning("A snapshot of account {0} was not stored: {1}. The journal holds everything.", _book.Account, failed.Cause.GetType().Name));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(failed => _log.Warning("Old snapshots of account {0} were not deleted: {1}.", _book.Account, failed.Cause.GetType().Name));
        CommandAny(other => Sender.Tell(Refused.With(RefusalCode.MalformedRequest, $"'{other.GetType().Name}' is no command of an account.")));
    }

    private void Handle(ILedgerCommand command)
    {
        var decision = Decide(command);
        if (decision.Event is null)
        {
            Answer(decision);
            return;
        }

        _asker = Sender;
        if (_fence is null)
        {
            Store(decision);
        }
        else
        {
            RunTask(() => StoreFencedAsync(decision));
        }
    }

    // Deciding changes nothing, so a command that breaks it is refused and the account goes on.
    private BookDecision Decide(ILedgerCommand command)
    {
        try
        {
            return _decider.Decide(command, _time.GetUtcNow().ToUnixTimeMilliseconds());
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _log.Warning("A command '{0}' to account {1} cannot be handled: {2}. It was refused.", command.GetType().Name, _book.Account, failure.GetType().Name);
            return BookDecision.Refuse(RefusalCode.MalformedRequest, $"The command '{command.GetType().Name}' cannot be handled ({failure.GetType().Name}).");
        }
    }

    private async Task StoreFencedAsync(BookDecision decision)
    {
        try
        {
            await _fence!.CheckAsync().ConfigureAwait(true);
            Store(decision);
        }
        catch (FencedException)
        {
            _log.Warning("Another incarnation of account {0} has taken it over; this one stops.", _book.Account);
            Withhold("another incarnation has taken it over");
            Passivate();
        }
        catch (StoreException failure)
        {
            Withhold($"the store that fences it failed ({failure.Failure})");
        }
    }

    private void Store(BookDecision decision) => Persist(decision.Event!, stored =>
    {
        _book.Apply(stored, LastSequenceNr);
        if (decision.Reply is Released { Replayed: false } released)
        {
            _cache.Add(LastSequenceNr, released.Release);
        }

        Answer(decision);
        SnapshotWhenDue();
    });

    private void Answer(BookDecision decision)
    {
        _asker = null;
        if (decision.Reply is { } reply)
        {
            Sender.Tell(reply);
        }
        else if (_cache.Find(decision.StoredAt) is { } release)
        {
            Sender.Tell(new Released(release, true));
        }
        else
        {
            Context.ActorOf(ReleaseFetcher.Props(PersistenceId, decision.StoredAt, _options, Sender));
        }
    }

    private void SnapshotWhenDue()
    {
        if (LastSequenceNr - _snapshotAt >= _options.SnapshotEvery && _book.Fault is null)
        {
            _snapshotAt = LastSequenceNr;
            SaveSnapshot(BookSnapshot.Write(_book));
        }
    }

    // The supervisor hands it on to the shard, which keeps what comes meanwhile for the next incarnation.
    private void Passivate() => Context.Parent.Tell(new Passivate(StopAccount.Instance));

    private void Withhold(string why)
    {
        _asker = null;
        Sender.Tell(Refused.With(RefusalCode.Unavailable, $"Account '{_book.Account}' gave no release: {why}. Ask again with the same id: it may have been stored."));
    }
}
