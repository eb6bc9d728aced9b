using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.TestKit.Rows;
using AkkaPrivacy.TestKit.Running;
using AkkaPrivacy.TestKit.Tracing;

namespace AkkaPrivacy.TestKit;

/// <summary>
/// Runs a pipeline on made-up rows in virtual time, with a store and a ledger in memory and noise from a seed, and says
/// whether it does what it should: windows, exact values before noise, bounds, costs, rows that did not count.
/// </summary>
/// <remarks>For tests only, on made-up rows only: it shows values without noise, and its noise can be computed again by anyone.
/// Steps are taken one after the other; assertions look at what the steps so far have brought.</remarks>
public sealed partial class PipelineTest : IAsyncDisposable
{
    private readonly PipelineTestOptions _options;
    private readonly MemoryStore _store = new();
    private readonly RowFeed _rows;
    private readonly List<(int Rows, TimeSpan? Advance, bool IsEnd)> _script = [];
    private readonly TestRun _run;

    private PipelineTest(PipelineGraph graph, PipelineTestOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Tick, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BatchRows, Engine.Batches.EventBatch.Capacity);
        var plan = PipelinePlanner.Plan(graph);
        _options = options;
        _rows = new RowFeed(plan.Source, graph.Nodes.OfType<ParseOperator>().First());
        _run = new TestRun(plan, _rows, _store, options, options.Seed);
    }

    /// <summary>The virtual clock, for sinks and stages of one's own. It moves by <see cref="AdvanceAsync"/>.</summary>
    public TimeProvider Time => _run.Time;

    /// <summary>How many rows were given; the first one is row 1.</summary>
    public int RowCount => _rows.Count;

    /// <summary>The releases in the store, with noise, in order of query and window.</summary>
    public IReadOnlyList<Release> Releases => _run.Releases;

    /// <summary>What the last run did, once it has ended; null before.</summary>
    public RunSummary? Summary => _run.Summary;

    /// <summary>How many times a process ended in the middle of its input.</summary>
    public int Crashes => _run.Crashes;

    private PlanTrace Trace => _run.Trace;

    private PipelinePlan Plan => _run.Trace.Original;

    /// <summary>A test of a graph. Its source is not opened: rows come from the test. Its sinks get what is released.</summary>
    /// <typeparam name="TMat">The materialised value, which the test does not ask for.</typeparam>
    /// <param name="graph">The graph.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <returns>The test.</returns>
    /// <exception cref="PlanException">The graph cannot be run; all mistakes are listed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static PipelineTest Of<TMat>(RunnableGraph<TMat> graph, PipelineTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new PipelineTest(graph.Graph, options ?? new PipelineTestOptions());
    }

    /// <summary>A test of a HOCON file. Its source, store, keys and sinks are not opened.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <returns>The test.</returns>
    /// <exception cref="PipelineAssertionException">The configuration has mistakes; all of them are listed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static PipelineTest FromHocon(string path, PipelineTestOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromHocon(set => ConfigurationLoader.Load(new ConfigurationRequest { File = path, Set = set }), options);
    }

    /// <summary>A test of HOCON text. Its source, store, keys and sinks are not opened.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <returns>The test.</returns>
    /// <exception cref="PipelineAssertionException">The configuration has mistakes; all of them are listed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static PipelineTest FromHoconText(string text, PipelineTestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FromHocon(set => ConfigurationLoader.LoadText(text, "the test's text", set), options);
    }

    /// <summary>Ends the run as it stands.</summary>
    /// <returns>A task that ends when nothing runs any more.</returns>
    public async ValueTask DisposeAsync()
    {
        await _run.AbandonAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private static PipelineTest FromHocon(Func<IReadOnlyList<string>, PipelineConfiguration> load, PipelineTestOptions? options)
    {
        options ??= new PipelineTestOptions();
        try
        {
            return new PipelineTest(new GraphBuilder(load(options.Set).Options, []).Build(), options);
        }
        catch (ConfigurationException exception)
        {
            throw new PipelineAssertionException($"The configuration has mistakes:{Environment.NewLine}{exception.Message}");
        }
    }
}
