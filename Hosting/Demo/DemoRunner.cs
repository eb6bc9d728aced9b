using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Demo.Traffic;
using AkkaPrivacy.Hosting.Keys;
using AkkaPrivacy.Hosting.Topology;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary>Runs the demo's pipeline over made-up traffic into a store.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoRunner(DemoOptions options, TimeProvider time)
{
    private readonly BoundedTruth _bounded = new();
    private TrafficSource? _source;

    /// <summary>Runs it to its end, or until it is cancelled: then what was read is drained and stored.</summary>
    /// <param name="progress">Called at the start with a way to ask for the number of rows read so far; ends with the
    /// task that it is given.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>What was published.</returns>
    /// <exception cref="StoreException">The store cannot be opened or failed.</exception>
    /// <exception cref="KeyFileException">The key file beside the store cannot be used.</exception>
    /// <exception cref="PipelineException">The store does not fit the pipeline.</exception>
    /// <exception cref="SinkException">The table of releases failed.</exception>
    public async Task<DemoResult> RunAsync(Func<Func<long>, Task, Task>? progress, CancellationToken cancellationToken)
    {
        var configuration = DemoPipeline.Configure(options);
        await using var store = await SqliteStore.OpenAsync(
            new SqliteStoreOptions { Path = configuration.Store.Path, BusyTimeout = configuration.Store.BusyTimeout }, time, cancellationToken).ConfigureAwait(false);
        using var keys = FileKeyRing.OpenOrCreate(configuration.Keys.File, CryptoRandomSource.Instance);
        var runtime = new EmbeddedRuntimeOptions { Store = store, Ledger = new BudgetLedger(time), Outbox = new OutboxReader(), Keys = keys, Time = time, Tap = _bounded };
        return await RunAsync(configuration, runtime, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<DemoResult> RunAsync(
        PipelineOptions configuration, EmbeddedRuntimeOptions runtime, Func<Func<long>, Task, Task>? progress, CancellationToken cancellationToken)
    {
        var sinks = DemoPipeline.Sinks(configuration);
        try
        {
            var plan = PipelinePlanner.Plan(DemoPipeline.Build(configuration, OpenSource, sinks));
            var started = time.GetTimestamp();
            var run = new EmbeddedRuntime(runtime).Start(plan);
            await using var topology = TopologyServer.Start(configuration.Store.Path, run.Topology, time, new Control.RunControl(run));
            await using var interruption = cancellationToken.Register(run.KillSwitch.Shutdown);
            await (progress?.Invoke(() => run.Topology().RowsRead, run.Completion) ?? Task.CompletedTask).ConfigureAwait(false);
            var summary = await run.Completion.ConfigureAwait(false);
            return await CollectAsync(plan, runtime, summary, time.GetElapsedTime(started)).ConfigureAwait(false);
        }
        finally
        {
            foreach (var sink in sinks)
            {
                await sink.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private TrafficSource OpenSource() => _source = new TrafficSource(options.Traffic);

    private async Task<DemoResult> CollectAsync(PipelinePlan plan, EmbeddedRuntimeOptions runtime, RunSummary summary, TimeSpan elapsed)
    {
        var account = plan.Account.Account;
        var (releases, status) = await runtime.Store.TransactAsync(async transaction =>
        {
            var found = new List<Release>();
            foreach (var hash in plan.Branches.SelectMany(branch => branch.Queries).Select(query => query.Hash).Distinct())
            {
                found.AddRange(await runtime.Outbox.ListAsync(transaction, account, plan.Settings.Name, hash).ConfigureAwait(false));
            }

            return (found, await runtime.Ledger.StatusAsync(transaction, account, TrafficOptions.StartMs).ConfigureAwait(false));
        }).ConfigureAwait(false);
        return new DemoResult { Options = options, Values = Compare(releases), Summary = summary, Account = status, Elapsed = elapsed };
    }

    // An interrupted run has not fired all windows of earlier ones; only what it fired can be compared.
    private List<DemoValue> Compare(IEnumerable<Release> releases) =>
    [
        .. releases.Where(release => _bounded.Releases.Contains(release.Id)).SelectMany(release => release.Groups, (release, group) => new DemoValue(
            release.Id.Query, release.Id.Window, group.Key, group.Value, group.Low, group.High,
            TrueValue(release.Id, group.Key), _bounded.ValueOf(release.Id, group.Key))),
    ];

    private long TrueValue(ReleaseId id, IReadOnlyList<string> key) => id.Query switch
    {
        DemoQueries.PageViews => _source!.Truth.PageViews(id.Window, key[0]),
        DemoQueries.Visitors => _source!.Truth.Visitors(id.Window),
        DemoQueries.VisitorsBySite => _source!.Truth.VisitorsOf(key[0]),
        _ => throw new InvalidOperationException($"demo.conf has a query '{id.Query}' whose true values the generator does not know."),
    };
}
