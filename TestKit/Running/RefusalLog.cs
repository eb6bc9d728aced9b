using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.TestKit.Running;

/// <summary>The ledger, which keeps in mind what it refused.</summary>
/// <param name="inner">The ledger.</param>
internal sealed class RefusalLog(ILedger inner) : ILedger
{
    private readonly ConcurrentDictionary<ReleaseId, Refusal> _refusals = [];

    public Refusal? Find(ReleaseId id) => _refusals.GetValueOrDefault(id);

    public ValueTask PrepareAsync(AccountPolicy policy, IReadOnlyList<LedgerRequest> requests, CancellationToken cancellationToken = default) => inner.PrepareAsync(policy, requests, cancellationToken);

    public ValueTask<Refusal?> OpenAsync(IStoreTransaction transaction, AccountPolicy policy) => inner.OpenAsync(transaction, policy);

    public async ValueTask<ReleaseOutcome> ReleaseAsync(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw)
    {
        var outcome = await inner.ReleaseAsync(transaction, request, draw).ConfigureAwait(false);
        if (outcome.Refusal is { } refusal)
        {
            _refusals[request.Id] = refusal;
        }

        return outcome;
    }

    public ValueTask<AccountStatus?> StatusAsync(IStoreTransaction transaction, string account, long timeMs) => inner.StatusAsync(transaction, account, timeMs);

    public ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStoreTransaction transaction, string account) => inner.HistoryAsync(transaction, account);
}
