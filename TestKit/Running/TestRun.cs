using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.TestKit.Rows;
using AkkaPrivacy.TestKit.Tracing;

namespace AkkaPrivacy.TestKit.Running;

/// <summary>A pipeline in virtual time, one run after the other over one store.</summary>
internal sealed class TestRun
{
    private readonly PipelineTestOptions _options;
    private readonly RowFeed _rows;
    private readonly IStore _inner;
    private readonly CrashingStore _store;
    private readonly SeededNoise _noise;
    private ScriptedSource? _source;
    private PipelineRun? _run;

    /// <param name="plan">The plan; its source is not opened.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="store">The store.</param>
    /// <param name="options">Options.</param>
    /// <param name="seed">Seed of the noise.</param>
    public TestRun(PipelinePlan plan, RowFeed rows, IStore store, PipelineTestOptions options, ulong seed)
    {
        (_rows, _inner, _options) = (rows, store, options);
        _store = new CrashingStore(store);
        _noise = new SeededNoise(seed);
        Time = new VirtualTime(options.Start);
        Tap = new TruthTap(Time);
        Ledger = new RefusalLog(new BudgetLedger(Time));
        Trace = new PlanTrace(plan);
    }

    public VirtualTime Time { get; }

    public TruthTap Tap { get; }

    public RefusalLog Ledger { get; }

    public PlanTrace Trace { get; }

    /// <summary>How many processes have ended before their input did.</summary>
    public int Crashes { get; private set; }

    public RunSummary? Summary { get; private set; }

    public IReadOnlyList<Release> Releases { get; private set; } = [];

    public IReadOnlyList<AccountStatus> History { get; private set; } = [];

    public TopologySnapshot? Topology => _run?.Topology();

    public void CrashAt(CrashPoint point) => _store.Arm(point);

    /// <summary>Lets the pipeline deal with all rows that there are.</summary>
    public async Task SettleAsync()
    {
        await StepAsync(source => source.IdleAsync()).ConfigureAwait(false);
        await RefreshAsync().ConfigureAwait(false);
    }

    /// <summary>Moves time on.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var tick = Trace.Plan.Arrival == Engine.Graphs.ArrivalMode.Ingest ? _options.Tick : by;
        for (var left = by; left > TimeSpan.Zero; left -= tick)
        {
            Time.Advance(left < tick ? left : tick);
            await StepAsync(source => source.IdleAsync()).ConfigureAwait(false);
        }

        await RefreshAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the input and the run.</summary>
    public async Task CompleteAsync()
    {
        await StepAsync(source => source.EndAsync()).ConfigureAwait(false);
        await RefreshAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the process and starts the next one.</summary>
    public async Task CrashAsync()
    {
        await StepAsync(source => source.CrashAsync(), once: true).ConfigureAwait(false);
        await SettleAsync().ConfigureAwait(false);
    }

    /// <summary>Stops in order and starts the next process.</summary>
    public async Task RestartAsync()
    {
        Start();
        _run!.KillSwitch.Shutdown();
        await PatientlyAsync(_run.Completion).ConfigureAwait(false);
        _run = null;
        await SettleAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the run without any further step; for the end of a test.</summary>
    public async ValueTask AbandonAsync()
    {
        if (_run is { Completion.IsCompleted: false })
        {
            _run.KillSwitch.Abort(new SimulatedCrashException());
            await Task.WhenAny(_run.Completion).ConfigureAwait(false);
            _ = _run.Completion.Exception;
        }
    }

    private void Start()
    {
        if (_run is not null)
        {
            return;
        }

        _source = new ScriptedSource(_rows, _options.BatchRows);
        var source = _source;
        var plan = Trace.Plan with { Source = new(Trace.Plan.Source.Description, () => source, Trace.Plan.Source.Schema) };
        _run = (PipelineRun)new EmbeddedRuntime(new EmbeddedRuntimeOptions
        {
            Store = _store,
            Ledger = Ledger,
            Outbox = new OutboxReader(),
            Keys = new TestKeys(),
            Time = Time,
            Randomness = _noise,
            DeadLetterListener = Trace.Rows.Note,
            Tap = Tap,
            CommitsBeside = null,
        }).Start(plan);
    }

    // A step that a crash interrupts is taken again by the next process.
    private async Task StepAsync(Func<ScriptedSource, Task> step, bool once = false)
    {
        while (true)
        {
            Start();
            var run = _run!;
            await PatientlyAsync(Task.WhenAny(step(_source!), run.Completion)).ConfigureAwait(false);
            if (!run.Completion.IsCompleted)
            {
                return;
            }

            if (run.Completion.Exception?.InnerException is SimulatedCrashException)
            {
                Crashes++;
                _run = null;
                if (once)
                {
                    return;
                }

                continue;
            }

            Summary = await run.Completion.ConfigureAwait(false);
            return;
        }
    }

    private async Task PatientlyAsync(Task task)
    {
        try
        {
            await task.WaitAsync(_options.Patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new PipelineAssertionException($"The pipeline did not finish a step within {_options.Patience}: a stage or a sink hangs. It stands at: {_run?.Topology()}");
        }
    }

    private async Task RefreshAsync()
    {
        var (plan, releases) = (Trace.Plan, new List<Release>());
        History = await _inner.TransactAsync(async transaction =>
        {
            foreach (var hash in plan.Branches.SelectMany(branch => branch.Queries).Select(query => query.Hash).Distinct())
            {
                string? after = null;
                while (await ReleaseReader.ListAsync(transaction, ReleaseReader.Prefix(plan.Account.Account, plan.Settings.Name, hash), after).ConfigureAwait(false) is { Count: > 0 } page)
                {
                    releases.AddRange(page);
                    after = page[^1].Id.ToString();
                }
            }

            return await Ledger.HistoryAsync(transaction, plan.Account.Account).ConfigureAwait(false);
        }).ConfigureAwait(false);
        Releases = releases;
    }
}
