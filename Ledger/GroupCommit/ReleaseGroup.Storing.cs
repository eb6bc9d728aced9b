using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger.Snapshots;

namespace AkkaPrivacy.Ledger.GroupCommit;

/// <content>What a group reads and writes in its transaction.</content>
internal sealed partial class ReleaseGroup
{
    // An account that is asked must have been read before; one above it that was not is taken for one that is not open.
    private bool Knows(string account)
    {
        if (!_accounts.ContainsKey(account))
        {
            if (history.Kept(account) is not { } kept)
            {
                return false;
            }

            _accounts[account] = new GroupAccount(account, new LoadedAccount(kept, null));
        }

        foreach (var name in RequestRules.Ancestors(account))
        {
            if (!_accounts.ContainsKey(name))
            {
                _accounts[name] = new GroupAccount(name, new LoadedAccount(history.Kept(name) ?? AccountSnapshot.New, null));
            }
        }

        return true;
    }

    private async ValueTask<bool> HoldsAsync(IStoreTransaction transaction)
    {
        var epochs = await EpochsAsync(transaction).ConfigureAwait(false);
        if (_requests.Any(waiting => waiting.Request.Fence is { } fence && epochs[fence.Resource] != fence.Epoch))
        {
            return false;
        }

        var stored = await transaction.GetManyAsync(ReleaseTables.Releases, [.. _requests.Select(waiting => waiting.Id).Distinct(StringComparer.Ordinal)]).ConfigureAwait(false);
        return stored.All(value => value is null)
            && !await AccountPlace.AnyAsync(transaction).ConfigureAwait(false)
            && await AccountHistory.AreNewestAsync(transaction, [.. _accounts.Select(account => (account.Key, account.Value.Base))]).ConfigureAwait(false);
    }

    /// <summary>Goes back to the states that the group began with.</summary>
    public void Forget()
    {
        foreach (var (account, state) in _accounts)
        {
            history.KeepAhead(account, state.Base);
        }

        _accounts.Clear();
        _known.Clear();
        _releases.Clear();
    }

    private async ValueTask<Dictionary<string, long>> EpochsAsync(IStoreTransaction transaction)
    {
        var epochs = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var resource in _requests.Select(waiting => waiting.Request.Fence?.Resource).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            epochs[resource] = await transaction.EpochAsync(resource).ConfigureAwait(false);
        }

        return epochs;
    }

    private async ValueTask ReadAsync(IStoreTransaction transaction)
    {
        _epochs = await EpochsAsync(transaction).ConfigureAwait(false);
        await ReadReleasesAsync(transaction).ConfigureAwait(false);
        string[] asked = [.. _requests.Select(waiting => waiting.Request.Id.Account).Distinct(StringComparer.Ordinal)];
        await AccountPlace.StoreFaultsAsync(transaction, asked, _elsewhere).ConfigureAwait(false);
        string[] all = [.. asked.Concat(asked.SelectMany(RequestRules.Ancestors)).Distinct(StringComparer.Ordinal)];
        foreach (var (account, loaded) in await history.LoadManyAsync(transaction, all).ConfigureAwait(false))
        {
            _accounts[account] = new GroupAccount(account, loaded);
        }

        await ReadOldPeriodsAsync(transaction).ConfigureAwait(false);
    }

    private async ValueTask ReadReleasesAsync(IStoreTransaction transaction)
    {
        string[] ids = [.. _requests.Select(waiting => waiting.Id).Distinct(StringComparer.Ordinal)];
        var stored = await transaction.GetManyAsync(ReleaseTables.Releases, ids).ConfigureAwait(false);
        for (var i = 0; i < ids.Length; i++)
        {
            try
            {
                if (stored[i] is { } bytes)
                {
                    _known[ids[i]] = ReleaseWriter.Read(ids[i], bytes);
                }
            }
            catch (LedgerCorruptException corrupt)
            {
                _damaged[ids[i]] = corrupt;
            }
        }
    }

    // A charge in a period whose groups a snapshot has left out needs the whole stream; there is hardly ever one.
    private async ValueTask ReadOldPeriodsAsync(IStoreTransaction transaction)
    {
        foreach (var id in _requests.Select(waiting => waiting.Request.Id))
        {
            foreach (var account in RequestRules.Ancestors(id.Account).Prepend(id.Account).Select(name => _accounts[name]))
            {
                if (account.Fault is null && !account.Snapshot.State.CanCharge(id.Window.StartMs))
                {
                    await account.ReloadAsync(history, transaction, id.Window.StartMs).ConfigureAwait(false);
                }
            }
        }
    }

    private async ValueTask WriteAsync(IStoreTransaction transaction)
    {
        await transaction.AppendManyAsync([.. _accounts.Values.Where(account => account.Events.Count > 0).Select(account => account.ToAppend())]).ConfigureAwait(false);
        await transaction.PutManyAsync(ReleaseTables.Releases, _releases).ConfigureAwait(false);
        var last = await OutboxReader.LastAsync(transaction).ConfigureAwait(false);
        await transaction.PutManyAsync(ReleaseTables.Outbox, [.. _releases.Select((row, i) => new NewRow(ReleaseTables.SequenceKey(last + i + 1), Encoding.UTF8.GetBytes(row.Key)))]).ConfigureAwait(false);
        var newest = Encoding.UTF8.GetBytes(ReleaseTables.SequenceKey(last + _releases.Count));
        await transaction.PutAsync(ReleaseTables.OutboxSequence, ReleaseTables.SequenceRow, newest).ConfigureAwait(false);
        NewRow[] snapshots = [.. _accounts.Values.Select(account => account.ToStore).OfType<NewRow>()];
        if (snapshots.Length > 0)
        {
            await transaction.PutManyAsync(StoredSnapshots.Table, snapshots).ConfigureAwait(false);
        }
    }
}
