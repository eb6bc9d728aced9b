using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>What an account's actor knows: the account as the pure rules fold it, which releases it holds and where, and
/// the newest epoch of each owner. Only stored events change it.</summary>
/// <remarks>Release bodies are not kept here: they stay in the journal, found by sequence number.</remarks>
/// <param name="account">The account.</param>
internal sealed class AccountBook(string account)
{
    /// <summary>More owners than this are no pipelines.</summary>
    public const int MaxOwners = 1_000;

    private readonly Dictionary<UInt128, long> _releases = [];
    private readonly SortedDictionary<string, long> _owners = new(StringComparer.Ordinal);

    public string Account => account;

    /// <summary>The account, folded.</summary>
    public AccountSnapshot Folded { get; private set; } = AccountSnapshot.New;

    /// <summary>Whether an account below this one was opened.</summary>
    public bool HasDescendants { get; private set; }

    /// <summary>Why the history cannot be read; null while it can.</summary>
    public string? Fault { get; private set; }

    public IReadOnlyDictionary<UInt128, long> Releases => _releases;

    public IReadOnlyDictionary<string, long> Owners => _owners;

    /// <summary>The journal's place of a release, or null when there is none.</summary>
    public long? Find(ReleaseId id) => _releases.TryGetValue(ReleaseKey.Of(id.ToString()), out var sequence) ? sequence : null;

    /// <summary>Takes a stored event up. What cannot be read closes the account: nothing is decided on a part of a history.</summary>
    public void Apply(JournalEvent happened, long sequence)
    {
        if (Fault is not null)
        {
            return;
        }

        try
        {
            ApplyReadable(happened, sequence);
        }
        catch (Exception failure) when (failure is FormatException or LedgerCorruptException)
        {
            Fault = $"Event {sequence} of the journal of account '{account}' ('{happened.Form}') cannot be read: {failure.Message}";
        }
    }

    /// <summary>Takes a snapshot up, before any event after it.</summary>
    public void Restore(JournalSnapshot snapshot)
    {
        try
        {
            var read = BookSnapshot.Read(snapshot, account);
            (Folded, HasDescendants) = (read.Folded, read.HasDescendants);
            foreach (var (key, sequence) in read.Releases)
            {
                _releases[key] = sequence;
            }

            foreach (var (resource, epoch) in read.Owners)
            {
                _owners[resource] = epoch;
            }
        }
        catch (FormatException failure)
        {
            Fault = $"The snapshot of account '{account}' ('{snapshot.Form}') cannot be read: {failure.Message}. Delete it: the journal holds everything";
        }
    }

    /// <summary>Closes the account: something else than the ledger wrote its journal.</summary>
    public void Reject(string typeName) => Fault ??= $"The journal of account '{account}' holds a '{typeName}', which is no event of this ledger.";

    private void ApplyReadable(JournalEvent happened, long sequence)
    {
        switch (happened.Form)
        {
            case JournalForms.Opened or JournalForms.Granted:
                Fold(happened.Form, happened.Payload);
                break;
            case JournalForms.Released or JournalForms.ReleasedBefore:
                var released = JournalForms.ReadReleased(happened.Payload);
                Fold(happened.Form == JournalForms.Released ? LedgerEventCodec.ProvenType : LedgerEventCodec.ChargedType, released.Charge);
                See(released.Owner);
                if (!_releases.TryAdd(ReleaseKey.Of(released.ReleaseId), sequence))
                {
                    throw new FormatException("the release is stored a second time");
                }

                break;
            case JournalForms.Owned:
                var owned = JournalForms.ReadOwned(happened.Payload);
                See(new Fence(owned.Resource, owned.Epoch));
                break;
            case JournalForms.Below:
                _ = JournalForms.ReadBelow(happened.Payload);
                HasDescendants = true;
                break;
            default:
                throw new FormatException("its form is not known; a newer version wrote it. Update this node");
        }
    }

    private void Fold(string type, byte[] payload) => Folded = Folded.Apply(account, Folded.Version + 1, type, payload);

    private void See(Fence? owner)
    {
        if (owner is not null)
        {
            _owners[owner.Resource] = Math.Max(owner.Epoch, _owners.GetValueOrDefault(owner.Resource));
        }
    }
}
