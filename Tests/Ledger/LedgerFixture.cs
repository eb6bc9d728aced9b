using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Ledger;
using Xunit;

namespace AkkaPrivacy.Tests.Ledger;

/// <summary>A ledger on a store, with one-hour windows of the day 2024-03-01 and short ways to ask.</summary>
internal sealed class LedgerFixture(IStore store)
{
    public const string Account = "tenant/site/logs";
    public const long Hour = 3_600_000;
    public static readonly long Day = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public LedgerFixture()
        : this(new MemoryStore())
    {
    }

    public IStore Store { get; } = store;

    public BudgetLedger Ledger { get; init; } = new(new StoppedClock());

    public int Draws { get; private set; }

    public static AccountPolicy Policy(long budget = 1_000_000_000, string account = Account) => new()
    {
        Account = account,
        Measure = PrivacyMeasure.Pure,
        BudgetPerPeriod = Pure(budget),
    };

    public static PrivacyCost Pure(long nano) => PrivacyCost.FromUnits(PrivacyMeasure.Pure, nano);

    public static ReleaseRequest Request(int hour, long cost, int maxWindows = 1, string query = "q", string group = "g", string account = Account) => new()
    {
        Id = new ReleaseId(account, "pipe", query, "0123456789abcdef", new TimeWindow(Day + hour * Hour, Day + (hour + 1) * Hour)),
        CompositionGroup = group,
        MaxWindows = maxWindows,
        Cost = Pure(cost),
    };

    public static DrawnValues Values(decimal value = 42) => new()
    {
        Aggregate = "count",
        Mechanism = "discrete-laplace(scale=20)",
        GroupBy = ["path"],
        Groups = [new ReleasedGroup(["/a?b=\"1\"&c=é\U0001F600"], value, value - 1.50m, value + 1.5m)],
        Confidence = 0.95,
    };

    public async Task<LedgerFixture> OpenedAsync(AccountPolicy? policy = null)
    {
        Assert.Null(await OpenAsync(policy ?? Policy()));
        return this;
    }

    public async Task<Refusal?> OpenAsync(AccountPolicy policy) => await Store.TransactAsync(tx => Ledger.OpenAsync(tx, policy));

    public async Task<ReleaseOutcome> ReleaseAsync(ReleaseRequest request) => await Store.TransactAsync(tx => Ledger.ReleaseAsync(tx, request, Draw));

    public async Task<Release> ReleasedAsync(ReleaseRequest request)
    {
        var outcome = await ReleaseAsync(request);
        Assert.Null(outcome.Refusal);
        return Assert.IsType<Release>(outcome.Release);
    }

    public async Task<Refusal> RefusedAsync(RefusalCode code, ReleaseRequest request)
    {
        var draws = Draws;
        var outcome = await ReleaseAsync(request);
        var refusal = Assert.IsType<Refusal>(outcome.Refusal);
        Assert.True(code == refusal.Code, refusal.Message);
        Assert.Null(outcome.Release);
        Assert.Equal(draws, Draws);
        return refusal;
    }

    public async Task<AccountStatus?> StatusAsync(int hour = 0, string account = Account) =>
        await Store.TransactAsync(tx => Ledger.StatusAsync(tx, account, Day + hour * Hour));

    public async Task<long> SpentAsync(string account = Account) => (await StatusAsync(0, account))!.Spent.Loss;

    public async Task<IReadOnlyList<StoredEvent>> EventsAsync(string account = Account) =>
        await Store.TransactAsync(tx => tx.ReadStreamAsync($"ledger/{account}"));

    public DrawnValues Draw()
    {
        Draws++;
        return Values(Draws);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2024, 3, 1, 12, 0, 0, 7, TimeSpan.Zero);
    }
}
