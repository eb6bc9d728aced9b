using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Keys;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Everything that a run holds open: store, keys, sinks, the files of side outputs.</summary>
internal sealed class RunResources : IAsyncDisposable
{
    private readonly IStore _store;
    private readonly FileKeyRing _keys;
    private volatile PipelinePlan _plan;

    private RunResources(IStore store, FileKeyRing keys, SideOutputFiles sideOutputs, PipelinePlan plan, RunHost host)
    {
        (_store, _keys, SideOutputs, _plan) = (store, keys, sideOutputs, plan with { SideOutputs = sideOutputs.Outputs });
        RuntimeOptions = new EmbeddedRuntimeOptions
        {
            Store = store,
            Ledger = new BudgetLedger(host.Time),
            Outbox = new OutboxReader(),
            Keys = keys,
            Time = host.Time,
            Randomness = host.Randomness,
        };
    }

    /// <summary>The plan; with its sinks, until a reload has put another in its place.</summary>
    public PipelinePlan Plan => _plan;

    /// <summary>What the runtime needs.</summary>
    public EmbeddedRuntimeOptions RuntimeOptions { get; private set; }

    /// <summary>The files of side outputs.</summary>
    public SideOutputFiles SideOutputs { get; }

    /// <summary>Opens everything.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="keepOutputFree">Whether sinks on standard output are left out.</param>
    /// <param name="host">The process around the run.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The resources.</returns>
    public static async Task<RunResources> OpenAsync(PipelineConfiguration configuration, bool keepOutputFree, RunHost host, TextWriter output)
    {
        var options = configuration.Options;
        var plan = PipelinePlanner.Plan(new GraphBuilder(options, Sinks(options, keepOutputFree, host, output), host.Input).Build());
        var store = await StoreFactory.OpenAsync(options.Store, host.Time).ConfigureAwait(false);
        FileKeyRing? keys = null;
        try
        {
            keys = options.Keys.Create
                ? FileKeyRing.OpenOrCreate(options.Keys.File, host.Randomness, options.Keys.AllowGroupRead)
                : FileKeyRing.Open(options.Keys.File, options.Keys.AllowGroupRead);
            return new RunResources(store, keys, SideOutputFiles.Open(options.SideOutputs), plan, host);
        }
        catch
        {
            keys?.Dispose();
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes the sinks; nothing is opened by it.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="keepOutputFree">Whether sinks on standard output are left out.</param>
    /// <param name="host">The process around the run.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The sinks.</returns>
    /// <exception cref="SecretException">A secret cannot be read or used.</exception>
    public static IReadOnlyList<IReleaseSink> Sinks(PipelineOptions options, bool keepOutputFree, RunHost host, TextWriter output) =>
        [.. options.Sinks.Where(sink => !keepOutputFree || !SinkFactory.IsOutput(sink)).Select(sink => SinkFactory.Create(sink, options.Store, output, host.Time))];

    /// <summary>Reports go by another plan from now on.</summary>
    /// <param name="plan">The plan that a reload has put in force.</param>
    public void TakeUp(PipelinePlan plan) => _plan = plan;

    /// <summary>Charges the account by another ledger than that of the store.</summary>
    /// <param name="ledger">The ledger.</param>
    public void ChargeBy(ILedger ledger) => RuntimeOptions = RuntimeOptions with { Ledger = ledger };

    /// <summary>Asks the store's ledger for the period of the newest window that has fired.</summary>
    /// <param name="now">The run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The budget; null when nothing has fired, or the store does not answer.</returns>
    public async ValueTask<BudgetSnapshot?> BudgetAsync(TopologySnapshot now, CancellationToken cancellationToken)
    {
        if (now.FiredUpTo is not { } fired)
        {
            return null;
        }

        try
        {
            var status = await _store.TransactAsync(
                transaction => RuntimeOptions.Ledger.StatusAsync(transaction, Plan.Account.Account, fired.ToUnixTimeMilliseconds() - 1), cancellationToken).ConfigureAwait(false);
            return status is null
                ? null
                : new BudgetSnapshot(status.Account, status.Left.Measure.ToString().ToLowerInvariant(), DateTimeOffset.FromUnixTimeMilliseconds(status.PeriodStartMs), status.Spent.Epsilon, status.Left.Epsilon);
        }
        catch (StoreException)
        {
            // A view of the run is no reason to disturb it: the next one may know.
            return null;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        SideOutputs.Dispose();
        _keys.Dispose();
        await _store.DisposeAsync().ConfigureAwait(false);
    }
}
