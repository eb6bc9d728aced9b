using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.GroupCommit;
using AkkaPrivacy.Ledger.Verification;
using AkkaPrivacy.Tests.Support;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger.GroupCommit;

/// <summary>A group-commit ledger on a store in memory, beside the plain ledger on another, which is asked the same.</summary>
internal sealed class GroupFixture : IAsyncDisposable
{
    private readonly MemoryStore _plainStore = new();
    private readonly BudgetLedger _plain = new(new StoppedClock());

    public GroupFixture(GroupCommitOptions? options = null)
    {
        Store = new GatedStore(Inner);
        Ledger = new GroupCommitLedger(Store, new StoppedClock(), options);
    }

    /// <summary>The store behind the gate.</summary>
    public MemoryStore Inner { get; } = new();

    public GatedStore Store { get; }

    public GroupCommitLedger Ledger { get; }

    public async Task<GroupFixture> OpenedAsync(params (string Account, long Budget)[] accounts)
    {
        foreach (var (account, budget) in accounts)
        {
            Assert.Null(await Inner.TransactAsync(tx => _plain.OpenAsync(tx, Policy(budget, account))));
            Assert.Null(await _plainStore.TransactAsync(tx => new BudgetLedger(new StoppedClock()).OpenAsync(tx, Policy(budget, account))));
        }

        return this;
    }

    /// <summary>Asks for requests so that all but the first are in one group, and gives the answers in their order.</summary>
    public async Task<Task<ReleaseOutcome>[]> TogetherAsync(IReadOnlyList<ReleaseRequest> requests, Func<ReleaseRequest, DrawnValues>? draw = null)
    {
        Store.Close();
        var answers = new List<Task<ReleaseOutcome>>();
        foreach (var request in requests)
        {
            answers.Add(Ledger.ReleaseAsync(request, () => (draw ?? ValuesOf)(request)).AsTask());
            if (answers.Count == 1)
            {
                await Store.Arrived;
            }
        }

        Store.Release();
        await Task.WhenAny(Task.WhenAll(answers));
        return [.. answers];
    }

    /// <summary>Asks the plain ledger.</summary>
    public async Task<ReleaseOutcome> PlainAsync(ReleaseRequest request, Func<ReleaseRequest, DrawnValues>? draw = null) =>
        await _plainStore.TransactAsync(tx => _plain.ReleaseAsync(tx, request, () => (draw ?? ValuesOf)(request)));

    /// <summary>Another process releases from the group's store, with the plain ledger.</summary>
    public async Task<ReleaseOutcome> ElsewhereAsync(ReleaseRequest request) =>
        await Inner.TransactAsync(tx => new BudgetLedger(new StoppedClock()).ReleaseAsync(tx, request, () => ValuesOf(request)));

    /// <summary>Both stores hold the same, byte for byte, and contradict themselves nowhere. A ledger that does not know of another's
    /// snapshot may write one an event later, so where others write snapshots are left out.</summary>
    public async Task AssertEqualStoresAsync(bool withSnapshots = true)
    {
        Assert.Equal(await DumpAsync(_plainStore, withSnapshots), await DumpAsync(Inner, withSnapshots));
        Assert.Empty((await LedgerVerifier.RunAsync(Inner, CancellationToken.None)).Faults);
    }

    public static DrawnValues ValuesOf(ReleaseRequest request) => Values(request.Id.ToString().Sum(c => c));

    public async ValueTask DisposeAsync()
    {
        Store.Release();
        await Ledger.DisposeAsync();
        await Store.DisposeAsync();
        await _plainStore.DisposeAsync();
    }

    private static async Task<string> DumpAsync(IStore store, bool withSnapshots) => await store.TransactAsync(async tx =>
    {
        var text = new StringBuilder();
        foreach (var table in new[] { "accounts", "releases", "outbox", "outbox-sequence", withSnapshots ? "account-snapshots" : "outbox-cursors" })
        {
            foreach (var row in await tx.ScanAsync(table))
            {
                text.Append(CultureInfo.InvariantCulture, $"{table} {row.Key} {Convert.ToHexString(row.Value)}\n");
            }
        }

        foreach (var account in await tx.ScanAsync("accounts"))
        {
            foreach (var item in await tx.ReadStreamAsync($"ledger/{account.Key}"))
            {
                text.Append(CultureInfo.InvariantCulture, $"{account.Key} {item.Version} {item.Type} {Encoding.UTF8.GetString(item.Payload)}\n");
            }
        }

        return text.ToString();
    });
}
