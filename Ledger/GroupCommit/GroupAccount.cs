using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Ledger.Snapshots;

namespace AkkaPrivacy.Ledger.GroupCommit;

/// <summary>An account while a group is decided: what the requests before left of it, and the events to append.</summary>
internal sealed class GroupAccount(string name, LoadedAccount loaded)
{
    private readonly List<NewEvent> _events = [];

    /// <summary>The account's name.</summary>
    public string Name { get; } = name;

    /// <summary>The state that the group began with.</summary>
    public AccountSnapshot Base { get; } = loaded.Snapshot;

    /// <summary>The state that the next request meets.</summary>
    public AccountSnapshot Snapshot { get; private set; } = loaded.Snapshot;

    /// <summary>Why the account cannot be read.</summary>
    public LedgerCorruptException? Fault { get; private set; } = loaded.Fault;

    /// <summary>What is appended.</summary>
    public IReadOnlyList<NewEvent> Events => _events;

    /// <summary>The snapshot that is to be stored, where the last one has become old.</summary>
    public NewRow? ToStore { get; private set; }

    /// <summary>The events as they are appended, behind the version that was read.</summary>
    public StreamAppend ToAppend() => new(AccountHistory.Stream(Name), Snapshot.Version - _events.Count, _events);

    /// <summary>Reads the account so that a charge in a period can be decided; only before the first event.</summary>
    public async ValueTask ReloadAsync(AccountHistory history, IStoreTransaction transaction, long timeMs)
    {
        try
        {
            Snapshot = await history.LoadToChargeAsync(transaction, Name, timeMs).ConfigureAwait(false);
        }
        catch (LedgerCorruptException corrupt)
        {
            Fault = corrupt;
        }
    }

    /// <summary>Notes an event.</summary>
    public void Add(NewEvent stored, AccountSnapshot after)
    {
        _events.Add(stored);
        Snapshot = after;
        if (StoredSnapshots.IsOld(after))
        {
            ToStore = new NewRow(Name, StoredSnapshots.Write(Name, after));
            Snapshot = after with { StoredVersion = after.Version };
        }
    }
}
