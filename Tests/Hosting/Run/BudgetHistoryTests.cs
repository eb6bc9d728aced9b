using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Run;

/// <summary>An account that does not answer at the end of a run.</summary>
public sealed class BudgetHistoryTests
{
    [Fact]
    public async Task An_account_that_does_not_answer_leaves_the_budget_unknown()
    {
        await using var store = new MemoryStore();
        var budget = await BudgetHistory.ReadAsync(store, new SilentLedger(StoreFailure.Unavailable), "logs");
        Assert.Empty(budget.Periods);
        Assert.Equal("no answer", budget.Unknown);
    }

    [Fact]
    public async Task A_history_that_cannot_be_read_is_an_error()
    {
        await using var store = new MemoryStore();
        await Assert.ThrowsAsync<StoreException>(() => BudgetHistory.ReadAsync(store, new SilentLedger(StoreFailure.Corrupt), "logs"));
    }

    [Fact]
    public void The_table_is_printed_and_says_that_the_budget_is_not_known()
    {
        var output = new StringWriter();
        var window = new ReportWindow("2024-03-01T00:00:00Z", "2024-03-01T01:00:00Z");
        var report = new RunReport
        {
            Pipeline = "access-log",
            Account = "logs",
            Releases = [new ReleasedValue("hits", window, ["path"], ["/a"], 42, 40, 44, 0.95, null)],
            Spent = [],
            Left = [],
            BudgetUnknown = "no answer",
            DeadLetters = new Dictionary<string, long>(),
            DeadLetterPositions = [],
            SideOutputs = [],
            Withheld = [],
            Warnings = [],
            RowsRead = 10,
            UnmappedFields = 0,
            Released = 1,
            Replayed = 0,
            Interrupted = false,
        };
        RunText.Write(report, Pipelines.Bind(Pipelines.Sound), output);
        var text = output.ToString();
        Assert.Contains("42", text, StringComparison.Ordinal);
        Assert.Contains("Budget of account 'logs': not known, it did not answer. no answer", text, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing spent", text, StringComparison.Ordinal);
    }

    private sealed class SilentLedger(StoreFailure failure) : ILedger
    {
        public ValueTask<Refusal?> OpenAsync(IStoreTransaction transaction, AccountPolicy policy) => throw new InvalidOperationException();

        public ValueTask<ReleaseOutcome> ReleaseAsync(IStoreTransaction transaction, ReleaseRequest request, Func<DrawnValues> draw) => throw new InvalidOperationException();

        public ValueTask<AccountStatus?> StatusAsync(IStoreTransaction transaction, string account, long timeMs) => throw new InvalidOperationException();

        public ValueTask<IReadOnlyList<AccountStatus>> HistoryAsync(IStoreTransaction transaction, string account) => throw new StoreException(failure, "no answer");
    }
}
