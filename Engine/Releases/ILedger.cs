using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>
/// The budget ledger: charges an account and stores the drawn values in one transaction, or refuses and
/// changes nothing.
/// </summary>
public interface ILedger
{
    /// <summary>Called outside of any transaction with everything that the calls after it will ask for. A ledger that lives
    /// elsewhere (in a cluster) settles with it here, durably, and answers from that later; one on the caller's store
    /// does nothing, which is the default.</summary>
    /// <param name="policy">The account's policy.</param>
    /// <param name="requests">The releases that will be asked for; may be empty.</param>
    /// <param name="cancellationToken">Cancels the wait; what was settled stays settled.</param>
    /// <returns>A task that ends when the calls may follow.</returns>
    ValueTask PrepareAsync(AccountPolicy policy, IReadOnlyList<LedgerRequest> requests, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Opens an account, or checks that the one that exists has this policy.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="policy">The account's policy.</param>
    /// <returns>Null when the account is open with this policy, or why not.</returns>
    ValueTask<Refusal?> OpenAsync(IStoreTransaction transaction, AccountPolicy policy);

    /// <summary>
    /// The release protocol. If the id exists, returns what is stored and neither charges nor draws.
    /// Otherwise checks and charges, calls <paramref name="draw"/> once, stores values and receipt and appends
    /// to the outbox, all inside the caller's transaction.
    /// </summary>
    /// <param name="transaction">The caller's transaction; a rollback undoes charge and values together.</param>
    /// <param name="request">Id, composition group and cost.</param>
    /// <param name="draw">Draws the noised values; called at most once, and only after the charge was accepted.</param>
    /// <returns>The stored release, or a refusal.</returns>
    ValueTask<ReleaseOutcome> ReleaseAsync(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw);

    /// <summary>What an account has spent and has left in the period that holds an instant.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="account">The account.</param>
    /// <param name="timeMs">Any instant of the period, milliseconds since the Unix epoch.</param>
    /// <returns>The status, or null when there is no such account.</returns>
    ValueTask<AccountStatus?> StatusAsync(IStoreTransaction transaction, string account, long timeMs);

    /// <summary>The status of every period in which an account was charged, in order of time.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="account">The account.</param>
    /// <returns>One status a period; empty when nothing was charged.</returns>
    ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStoreTransaction transaction, string account);

    /// <summary>The same, for who has no transaction open. A ledger outside of the store is asked without one: it may need
    /// the store itself before it can answer.</summary>
    /// <param name="store">The store.</param>
    /// <param name="account">The account.</param>
    /// <returns>One status a period; empty when nothing was charged.</returns>
    ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStore store, string account)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.TransactAsync(transaction => HistoryAsync(transaction, account));
    }
}

/// <summary>Asks for a release.</summary>
public sealed record ReleaseRequest
{
    /// <summary>The release's id.</summary>
    public required ReleaseId Id { get; init; }

    /// <summary>Queries over the same bounded contributions share a composition group; 1 to 128 characters.</summary>
    public required string CompositionGroup { get; init; }

    /// <summary>W, 1 or more: in at most so many windows of a period does a subject count.</summary>
    public required int MaxWindows { get; init; }

    /// <summary>The loss of this release.</summary>
    public required PrivacyCost Cost { get; init; }

    /// <summary>Who asks: the epoch of the pipeline's owner. A ledger that lives elsewhere refuses owners that were
    /// superseded; one on the caller's store relies on the transaction's own fence. Default: none.</summary>
    public Fence? Fence { get; init; }
}

/// <summary>An epoch that its holder acquired of a store.</summary>
/// <param name="Resource">What is owned, for example <c>pipeline/site-traffic</c>.</param>
/// <param name="Epoch">The epoch.</param>
public sealed record Fence(string Resource, long Epoch);

/// <summary>A request with the draw that goes with it.</summary>
/// <param name="Release">The request.</param>
/// <param name="Draw">Draws the noised values. A ledger may call it and throw the values away unpublished.</param>
public sealed record LedgerRequest(ReleaseRequest Release, Func<DrawnValues> Draw);

/// <summary>What a draw returns: the part of a release that holds values.</summary>
public sealed record DrawnValues
{
    /// <summary>See <see cref="Release.Aggregate"/>.</summary>
    public required string Aggregate { get; init; }

    /// <summary>See <see cref="Release.Mechanism"/>.</summary>
    public required string Mechanism { get; init; }

    /// <summary>See <see cref="Release.GroupBy"/>.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    /// <summary>See <see cref="Release.Groups"/>.</summary>
    public required IReadOnlyList<ReleasedGroup> Groups { get; init; }

    /// <summary>See <see cref="Release.Confidence"/>.</summary>
    public required double Confidence { get; init; }
}

/// <summary>The answer to a request: exactly one of <see cref="Release"/> and <see cref="Refusal"/> is set.</summary>
/// <param name="Release">The stored release.</param>
/// <param name="Replayed">Whether it had been stored before this request.</param>
/// <param name="Refusal">Why nothing was released.</param>
public sealed record ReleaseOutcome(Release? Release, bool Replayed, Refusal? Refusal);

/// <summary>What an account has spent in one period.</summary>
/// <param name="Account">The account.</param>
/// <param name="PeriodStartMs">Start of the period, milliseconds since the Unix epoch.</param>
/// <param name="PeriodEndMs">End of the period, exclusive.</param>
/// <param name="Spent">The charge so far.</param>
/// <param name="Left">What is left of the budget.</param>
/// <param name="Releases">How many releases were charged.</param>
public sealed record AccountStatus(string Account, long PeriodStartMs, long PeriodEndMs, PrivacyCost Spent, PrivacyCost Left, int Releases);
