using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>A release whose charges were accepted and whose values are drawn, before anything of it is stored.</summary>
/// <param name="Release">The release with its receipt.</param>
/// <param name="Charged">For each charge, in the same order, its event and the account after it.</param>
internal sealed record PaidRelease(Release Release, IReadOnlyList<(NewEvent Stored, AccountSnapshot After)> Charged)
{
    /// <summary>Binds the values into the charges, and the charges into the receipt.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="drawn">The values.</param>
    /// <param name="charges">The account that is asked and those above it, each as its charge found it.</param>
    public static PaidRelease Of(ReleaseRequest request, DrawnValues drawn, IReadOnlyList<(string Account, AccountSnapshot Before, Decision Decision)> charges)
    {
        var values = ReleaseCommitment.Of(request.Id, drawn);
        var events = charges.Select(charge => ReleaseReceipt.For(charge.Decision.Event!, values)).ToList();
        var charged = charges.Zip(events, (charge, happened) => AccountHistory.Next(charge.Account, charge.Before, happened)).ToList();
        var above = Enumerable.Range(1, charges.Count - 1).Select(i => ReleaseReceipt.Above(charges[i].Account, events[i], charged[i].After)).ToList();
        var receipt = ReleaseReceipt.Of(request, events[0], charges[0].Before, charged[0].After, above);
        return new PaidRelease(ReleaseWriter.Build(request.Id, drawn, receipt), charged);
    }
}
