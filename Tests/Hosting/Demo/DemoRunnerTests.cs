using AkkaPrivacy.Connectors.JsonLines;
using AkkaPrivacy.Connectors.SqliteTable;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Demo;
using AkkaPrivacy.Hosting.Demo.Traffic;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Demo;

public sealed class DemoRunnerTests : IDisposable
{
    private readonly DemoFolder _folder = new();

    [Fact(Timeout = 180_000)]
    public async Task AnInterruptedRunIsFinishedByTheNextOneWithinTheBudget()
    {
        var options = new DemoOptions(new TrafficOptions(500_000, 1), _folder.Store);
        using var interruption = new CancellationTokenSource();

        // On a thread of its own: on the pool it could wait behind other tests until the run has ended.
        var first = await new DemoRunner(options, TimeProvider.System).RunAsync(
            (rowsRead, ended) => Task.Factory.StartNew(
                () =>
                {
                    SpinWait.SpinUntil(() => rowsRead() > 0 || ended.IsCompleted);
                    interruption.Cancel();
                },
                TaskCreationOptions.LongRunning),
            interruption.Token);
        var second = await new DemoRunner(options, TimeProvider.System).RunAsync(null, default);

        Assert.True(first.Summary.Interrupted);
        Assert.False(second.Summary.Interrupted);
        Assert.Equal(13, second.Summary.Released + second.Summary.Replayed);
        Assert.Empty(second.Summary.Withheld);
    }

    [Fact]
    public async Task ACrashBetweenPublishingAndNotingItPublishesEachReleaseOnce()
    {
        var options = new DemoOptions(new TrafficOptions(2000, 1), _folder.Store);
        var lines = Path.Combine(_folder.Path, "releases.jsonl");
        await using var store = new MemoryStore();
        var keys = new InMemoryKeyRing();

        await Assert.ThrowsAsync<StoreException>(() => RunAsync(new ForgetfulOutbox(new OutboxReader())));
        var published = await File.ReadAllBytesAsync(lines);
        await RunAsync(new OutboxReader());

        var whole = await File.ReadAllBytesAsync(lines);
        Assert.True(published.Length > 0 && whole.AsSpan().StartsWith(published));
        var ids = whole.AsSpan().TrimEnd((byte)'\n').ToArray();
        var releases = System.Text.Encoding.UTF8.GetString(ids).Split('\n').Select(line => ReleaseJson.Read(System.Text.Encoding.UTF8.GetBytes(line))).ToList();
        Assert.Equal(13, releases.Select(release => release.Id).Distinct().Count());
        Assert.Equal(13, releases.Count);
        Assert.Equal(releases.Sum(release => release.Groups.Count), CountRows());

        async Task RunAsync(IOutbox outbox)
        {
            await using var jsonLines = JsonLinesSink.ToFile(lines);
            await using var table = new SqliteTableSink(new SqliteTableOptions { Path = _folder.Store });
            var graph = DemoPipeline.Build(DemoPipeline.Configure(options), () => new TrafficSource(options.Traffic), [jsonLines, table]);
            var runtime = new EmbeddedRuntimeOptions { Store = store, Ledger = new BudgetLedger(TimeProvider.System), Outbox = outbox, Keys = keys };
            await new EmbeddedRuntime(runtime).Start(PipelinePlanner.Plan(graph)).Completion;
        }
    }

    public void Dispose() => _folder.Dispose();

    private long CountRows()
    {
        using var connection = new SqliteConnection($"Data Source={_folder.Store};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM releases";
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Fails where a crash would leave releases published and their place not noted.</summary>
    private sealed class ForgetfulOutbox(IOutbox inner) : IOutbox
    {
        public ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(IStoreTransaction transaction, long afterSequence, int limit) => inner.ReadAsync(transaction, afterSequence, limit);

        public ValueTask<long> CursorAsync(IStoreTransaction transaction, string sink) => inner.CursorAsync(transaction, sink);

        public ValueTask AdvanceAsync(IStoreTransaction transaction, string sink, long sequence) =>
            throw new StoreException(StoreFailure.Unavailable, "The process is gone.");

        public ValueTask<Release?> FindAsync(IStoreTransaction transaction, ReleaseId id) => inner.FindAsync(transaction, id);

        public ValueTask<IReadOnlyList<Release>> ListAsync(IStoreTransaction transaction, string account, string pipeline, string planHash) =>
            inner.ListAsync(transaction, account, pipeline, planHash);
    }
}
