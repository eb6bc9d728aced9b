using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>What a release cost, from the account before and after its charge.</summary>
internal static class ReleaseReceipt
{
    public static Receipt Of(ReleaseRequest request, AccountState before, AccountSnapshot after, long nowMs)
    {
        var start = after.State.PeriodAt(request.Id.Window.StartMs).StartMs;
        var status = after.State.Status(start);
        return new Receipt
        {
            PeriodStartMs = start,
            CompositionGroup = request.CompositionGroup,
            MaxWindows = request.MaxWindows,
            Cost = request.Cost,
            Charged = (after.State.Period(start).Spent - before.Period(start).Spent).ToCost(status.Spent.Measure),
            SpentInPeriod = status.Spent,
            LeftInPeriod = status.Left,
            LedgerVersion = after.Version,
            StoredAtMs = nowMs,
        };
    }
}
