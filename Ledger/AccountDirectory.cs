using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Ledger;

/// <summary>The names of the open accounts: table <c>accounts</c>, one empty row for each.</summary>
internal static class AccountDirectory
{
    private const string Table = "accounts";
    private const int PageSize = 10_000;

    public static ValueTask AddAsync(IStoreTransaction transaction, string account) =>
        transaction.PutAsync(Table, account, ReadOnlyMemory<byte>.Empty);

    /// <summary>The accounts below one, or all for null, in order of name.</summary>
    public static async ValueTask<IReadOnlyList<string>> ListAsync(IStoreTransaction transaction, string? below)
    {
        var prefix = below is null ? "" : below + "/";
        var names = new List<string>();
        while (true)
        {
            var page = await transaction.ScanAsync(Table, prefix, names.LastOrDefault(), PageSize).ConfigureAwait(false);
            names.AddRange(page.Select(row => row.Key));
            if (page.Count < PageSize)
            {
                return names;
            }
        }
    }
}
