using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>The release protocol for one well-formed request: find, or decide, draw, charge and store.</summary>
internal sealed class ReleaseProtocol(AccountHistory history, long nowMs)
{
    /// <exception cref="LedgerCorruptException">An account's history or the stored release cannot be read.</exception>
    public async ValueTask<ReleaseOutcome> RunAsync(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw)
    {
        if (await ReleaseWriter.FindAsync(transaction, request.Id).ConfigureAwait(false) is { } stored)
        {
            return new ReleaseOutcome(stored, true, null);
        }

        if (await AccountPlace.StoreFaultAsync(transaction, request.Id.Account).ConfigureAwait(false) is { } elsewhere)
        {
            return new ReleaseOutcome(null, false, elsewhere);
        }

        var charges = await ChargesAsync(transaction, request).ConfigureAwait(false);
        if (charges.Select(charge => charge.Decision.Refusal).OfType<Refusal>().MinBy(refusal => refusal.Code) is { } refusal)
        {
            return new ReleaseOutcome(null, false, refusal);
        }

        var paid = PaidRelease.Of(request, ReleaseWriter.Check(draw()), charges);
        for (var i = 0; i < charges.Count; i++)
        {
            await history.AppendAsync(transaction, charges[i].Account, paid.Charged[i].Stored, paid.Charged[i].After).ConfigureAwait(false);
        }

        return new ReleaseOutcome(await ReleaseWriter.AddAsync(transaction, paid.Release).ConfigureAwait(false), false, null);
    }

    private async ValueTask<List<(string Account, AccountSnapshot Snapshot, Decision Decision)>> ChargesAsync(IStoreTransaction transaction, ReleaseRequest request)
    {
        var charges = new List<(string, AccountSnapshot, Decision)>();
        foreach (var account in RequestRules.Ancestors(request.Id.Account).Prepend(request.Id.Account))
        {
            var snapshot = await history.LoadToChargeAsync(transaction, account, request.Id.Window.StartMs).ConfigureAwait(false);
            if (snapshot.State.Policy is not null || account == request.Id.Account)
            {
                charges.Add((account, snapshot, AccountDecider.Charge(snapshot.State, account, request, nowMs)));
            }
        }

        return charges;
    }
}
