using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

/// <summary>Random commands on a tree of accounts, each answered as <see cref="LedgerOracle"/> does, with what is spent
/// within the budget in every account, ancestor and period after each.</summary>
public sealed class LedgerPropertyTests
{
    private static readonly string[] Accounts = ["t", "t/a", "t/a/x", "t/b", "u"];

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(4, 45)]
    [InlineData(5, 45)]
    public async Task Every_answer_is_the_oracles_and_no_budget_is_exceeded(int seed, int days)
    {
        var random = new Random(seed);
        var oracle = new LedgerOracle();
        var ledger = new LedgerFixture();
        foreach (var account in Accounts)
        {
            var budget = random.Next(20, 200);
            oracle.Open(account, budget);
            await ledger.OpenedAsync(Policy(budget, account));
        }

        var accepted = 0;
        for (var step = 0; step < 500; step++)
        {
            // Now and then another process goes on, which knows nothing but the store.
            ledger = random.Next(20) == 0 ? new LedgerFixture(ledger.Store) : ledger;
            var account = Accounts[random.Next(Accounts.Length)];
            var day = random.Next(days);
            var (expected, found) = await StepAsync(random, oracle, ledger, account, day, step);
            Assert.True(expected == found is null, $"seed {seed}, step {step}: {found}");
            accepted += found is null ? 1 : 0;
            foreach (var name in Accounts)
            {
                var status = (await ledger.StatusAsync(24 * day, name))!;
                Assert.Equal((oracle.Spent(name, day), oracle.Budget(name, day)), (status.Spent.Loss, status.Spent.Loss + status.Left.Loss));
                Assert.True(status.Left.Loss >= 0, $"seed {seed}, step {step}: '{name}' is overspent.");
            }
        }

        Assert.InRange(accepted, 100, 490);
        foreach (var name in Accounts)
        {
            var history = await ledger.Store.TransactAsync(tx => new BudgetLedger(TimeProvider.System).HistoryAsync(tx, name));
            Assert.All(history, period => Assert.Equal(oracle.Spent(name, (int)((period.PeriodStartMs - Day) / (24 * Hour))), period.Spent.Loss));
        }
    }

    private static async Task<(bool Expected, Refusal? Found)> StepAsync(Random random, LedgerOracle oracle, LedgerFixture ledger, string account, int day, int step)
    {
        var (store, time, amount) = (ledger.Store, Day + (day * 24 * Hour) + random.Next(1000), random.Next(1, 60));
        switch (random.Next(100))
        {
            case < 4:
                return (oracle.Grant(account, day, amount), await store.TransactAsync(tx => ledger.Ledger.GrantAsync(tx, account, time, Pure(amount), "r")));
            case < 14:
                var to = Accounts[random.Next(Accounts.Length)];
                var moved = oracle.Move(account, to, day, amount);
                return (moved, (await store.TransactAsync(tx => ledger.Ledger.TransferAsync(tx, account, to, time, Pure(amount), "r"))).Refusal);
            case < 20:
                return (oracle.Set(account, day, amount * 3), await store.TransactAsync(tx => ledger.Ledger.SetPolicyAsync(tx, Policy(amount * 3, account), time, "r")));
            case 20 when step > 400:
                return (oracle.Close(account), await store.TransactAsync(tx => ledger.Ledger.CloseAsync(tx, account, "r")));
            default:
                var group = $"g{random.Next(3)}";
                var width = random.Next(50) == 0 ? 9 : 1 + (group[1] - '0');
                var request = Request((24 * day) + random.Next(24), random.Next(1, 25), width, $"q{step}", group, account);
                return (oracle.Release(request), (await ledger.ReleaseAsync(request)).Refusal);
        }
    }
}
