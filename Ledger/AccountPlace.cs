using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>Which accounts of a store a cluster's ledger keeps: table <c>account-places</c>. Two ledgers that charge one
/// account would each know half of what was spent, so either refuses what the other keeps.</summary>
internal static class AccountPlace
{
    private const string Table = "account-places";
    private static readonly byte[] Cluster = "cluster"u8.ToArray();

    /// <summary>Whether a cluster keeps the account.</summary>
    public static async ValueTask<bool> IsInClusterAsync(IStoreTransaction transaction, string account) =>
        await transaction.GetAsync(Table, account).ConfigureAwait(false) is not null;

    /// <summary>Why the ledger on the store may not charge the account.</summary>
    public static async ValueTask<Refusal?> StoreFaultAsync(IStoreTransaction transaction, string account) =>
        await IsInClusterAsync(transaction, account).ConfigureAwait(false) ? KeptByCluster(account, account) : null;

    /// <summary>Whether a cluster keeps any account. Without a cluster one look tells it of all.</summary>
    public static async ValueTask<bool> AnyAsync(IStoreTransaction transaction) =>
        (await transaction.ScanAsync(Table, limit: 1).ConfigureAwait(false)).Count > 0;

    /// <summary>Why the ledger on the store may not charge some of the accounts.</summary>
    public static async ValueTask StoreFaultsAsync(IStoreTransaction transaction, IReadOnlyList<string> accounts, Dictionary<string, Refusal> faults)
    {
        if (!await AnyAsync(transaction).ConfigureAwait(false))
        {
            return;
        }

        var places = await transaction.GetManyAsync(Table, accounts).ConfigureAwait(false);
        for (var i = 0; i < accounts.Count; i++)
        {
            if (places[i] is not null)
            {
                faults[accounts[i]] = KeptByCluster(accounts[i], accounts[i]);
            }
        }
    }

    /// <summary>Why the ledger on the store may not open the account: a cluster keeps it, one above or one below.</summary>
    public static async ValueTask<Refusal?> StoreFaultOfTreeAsync(IStoreTransaction transaction, string account)
    {
        foreach (var name in RequestRules.Ancestors(account).Prepend(account))
        {
            if (await IsInClusterAsync(transaction, name).ConfigureAwait(false))
            {
                return KeptByCluster(account, name);
            }
        }

        var below = await transaction.ScanAsync(Table, account + "/", null, 1).ConfigureAwait(false);
        return below.Count == 0 ? null : KeptByCluster(account, below[0].Key);
    }

    /// <summary>Gives the account to the cluster, for good.</summary>
    /// <returns>Null when the cluster has it, or why not.</returns>
    public static async ValueTask<Refusal?> GiveToClusterAsync(IStoreTransaction transaction, string account)
    {
        if (await IsInClusterAsync(transaction, account).ConfigureAwait(false))
        {
            return null;
        }

        // The first event opened the account; whatever follows was spent or granted, and the cluster would not know of it.
        if ((await transaction.ReadStreamAsync(AccountHistory.Stream(account), 0, 2).ConfigureAwait(false)).Count > 1)
        {
            return KeptByStore(account, account);
        }

        var below = await AccountDirectory.ListAsync(transaction, account).ConfigureAwait(false);
        foreach (var name in RequestRules.Ancestors(account).Concat(below))
        {
            if (await IsOpenInStoreAsync(transaction, name).ConfigureAwait(false))
            {
                return KeptByStore(account, name);
            }
        }

        await transaction.PutAsync(Table, account, Cluster).ConfigureAwait(false);
        return null;
    }

    private static async ValueTask<bool> IsOpenInStoreAsync(IStoreTransaction transaction, string account) =>
        (await transaction.ReadStreamAsync(AccountHistory.Stream(account), 0, 1).ConfigureAwait(false)).Count > 0
        && !await IsInClusterAsync(transaction, account).ConfigureAwait(false);

    private static Refusal KeptByCluster(string account, string kept) => new(
        RefusalCode.KeptElsewhere,
        $"Account '{account}' is not charged on this store: the ledger of a cluster keeps '{kept}'. Run the pipeline with --runtime akka, or take another account or store.");

    private static Refusal KeptByStore(string account, string kept) => new(
        RefusalCode.KeptElsewhere,
        $"Account '{account}' is not charged by the cluster: the ledger on this store keeps '{kept}'. Run the pipeline without --runtime akka, set akkaprivacy.cluster.ledger.place = store on every node, or take another account or store.");
}
