using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>What an account has spent, as far as it answers.</summary>
/// <param name="Periods">The periods; empty when they are not known.</param>
/// <param name="Unknown">Why they are not known; null when they are.</param>
internal sealed record BudgetHistory(IReadOnlyList<AccountStatus> Periods, string? Unknown)
{
    /// <summary>Asks the account. One that does not answer is no reason to hide what was released.</summary>
    /// <param name="store">The store.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="account">The account.</param>
    /// <returns>What it said.</returns>
    /// <exception cref="StoreException">The history is there and cannot be read.</exception>
    public static async Task<BudgetHistory> ReadAsync(IStore store, ILedger ledger, string account)
    {
        try
        {
            return new BudgetHistory(await ledger.HistoryAsync(store, account).ConfigureAwait(false), null);
        }
        catch (StoreException exception) when (exception.Failure == StoreFailure.Unavailable)
        {
            return new BudgetHistory([], exception.Message);
        }
    }
}
