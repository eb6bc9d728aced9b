using System.Collections.Immutable;
using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Tests.Engine.Runtime.Lanes;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>One store and the runs over it, one after the other.</summary>
internal sealed class SimWorld(
    SimCase given, SimOracle oracle, int salt, Func<EmbeddedRuntimeOptions, IPipelineRuntime>? runtime = null, Func<IPipelineRun, PipelineRun>? inner = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private readonly Random _random = new(given.Seed * 31 + salt);

    // A source of its own, so that batches of a seed are cut as they were.
    private readonly Random _pace = new(given.Seed * 37 + salt);
    private readonly MemoryStore _store = new();
    private readonly SimClock _clock = new();
    private readonly Dictionary<string, string> _published = [];
    private Dictionary<string, string> _released = [];

    public SimTap Tap { get; } = new(oracle);

    public SimLetters Letters { get; } = new();

    /// <summary>What was tried and what came of it, for the message of a failure.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Runs until a fault strikes or the input ends. Null when it failed.</summary>
    public async Task<RunSummary?> RunAsync(SimFault fault, bool supervised = false)
    {
        var faults = new SimFaults(fault, _random.Next(1, Chances(fault)));
        RunSummary? summary = null;
        var commits = new SimCommits(_pace, faults);
        var settings = Settings();
        var options = Options(faults) with
        {
            Lanes = settings.Lanes == 1 && _pace.Next(2) == 0 ? SlowLanes() : LaneFactories.Embedded,
            CommitsBeside = _pace.Next(4) == 0 ? null : commits.Begin,
        };
        var policy = supervised ? SupervisionPolicy.Restart with { MinBackoff = TimeSpan.Zero, MaxBackoff = TimeSpan.Zero } : SupervisionPolicy.Stop;
        Log.Add($"{fault}{(supervised ? " supervised" : "")} with {settings.Lanes} lanes, commits {(options.CommitsBeside is null ? "waited for" : "beside")}, checkpoint every {settings.CheckpointInterval}");
        var started = new TaskCompletionSource<IPipelineRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = (runtime?.Invoke(options) ?? new EmbeddedRuntime(options)).Materialize(SimGraph.Of(
            given, partitions => new SimSource(given, partitions, _random, faults, _clock, commits, started.Task), faults, new SimSink(faults, _published), Letters, settings) with
        {
            Supervision = new[] { SupervisionPolicy.Source, SupervisionPolicy.Stages, SupervisionPolicy.Sinks }.ToImmutableSortedDictionary(name => name, _ => policy),
        });
        started.SetResult(run);
        try
        {
            summary = await run.Completion.WaitAsync(Patience);
            Log.Add($"  {(summary.Interrupted ? "interrupted" : "completed")}: {summary.Released} released, {summary.RowsRead} rows, {string.Join(' ', summary.DeadLetters)}");
            Assert.Equal(0, (inner?.Invoke(run) ?? (PipelineRun)run).Pool.Outstanding);
        }
        catch (Exception exception) when (IsExpected(exception, fault) && !(supervised && fault is SimFault.Stage or SimFault.Source or SimFault.Sink or SimFault.BeforeCommit or SimFault.AfterCommit))
        {
            Log.Add($"  {exception.GetType().Name}");
            Assert.DoesNotContain("example.org", exception.ToString(), StringComparison.Ordinal);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The run hangs, {run.Topology()} {string.Join('\n', run.Topology().Stages)}\n{string.Join('\n', Log)}");
        }

        await CheckStoreAsync();
        return summary;
    }

    public async Task<string> SpentAsync() => string.Join('\n', await _store.TransactAsync(
        async transaction => (await new BudgetLedger(_clock).HistoryAsync(transaction, SimGraph.Account)).Select(status => $"{status}")));

    public void CheckEnd()
    {
        Assert.True(Tap.Faults.Count == 0, string.Join('\n', Tap.Faults.Take(5).Concat(Log)));
        var ids = _released.Keys.Select(Identify).Order().ToList();
        var expected = oracle.Expected.Keys.Except(oracle.Withheld).Except(oracle.MayBeWithheld.Except(ids)).ToList();
        Assert.True(
            ids.ToHashSet().SetEquals(expected),
            $"Releases: missing {string.Join(' ', expected.Except(ids).Take(5))}, too many {string.Join(' ', ids.Except(expected).Take(5))}\n{string.Join('\n', Log)}");
        Assert.Equal(_released.Keys.Order(), _published.Keys.Order());
        Assert.All(_published, pair => Assert.Equal(_released[pair.Key], pair.Value));
        foreach (var (id, text) in _published.Where(pair => oracle.Totals.ContainsKey(Identify(pair.Key))))
        {
            var release = ReleaseJson.Read(Convert.FromHexString(text));
            Assert.Equal(oracle.Totals[Identify(id)], SimOracle.Text(release.Groups.Select(group => (string.Join('|', group.Key), new[] { (long)group.Value }))));
        }

        CheckRates();
        CheckLetters();
    }

    // What was released decides what comes into later windows.
    private void CheckRates()
    {
        foreach (var branch in given.Branches.Where(branch => branch.Adapt is not null))
        {
            var query = branch.Queries[0].Name;
            var releases = _released.Where(pair => Identify(pair.Key).Query == query).Select(pair => ReleaseJson.Read(Convert.FromHexString(pair.Value)));
            var rates = new SimRates(given, branch, releases);
            foreach (var (start, expected) in oracle.Adapted(branch, rates))
            {
                var actual = Tap.Adapted.GetValueOrDefault((query, start), "no window");
                Assert.True(expected == actual, $"{query} {DateTimeOffset.FromUnixTimeMilliseconds(start):u}, {branch.Adapt}, weights {rates}: expected {expected}, got {actual}\n{string.Join('\n', Log)}");
            }
        }
    }

    // Copies of a row that comes again differ in their places, and which of them goes on is not told by the oracle.
    private void CheckLetters()
    {
        if (given.HasSideOutput)
        {
            var (expected, told) = (oracle.Letters(withQueries: !given.Repeats), Letters.OfRows(withQueries: !given.Repeats).ToHashSet());
            Assert.True(expected.SetEquals(told), $"Letters: missing {string.Join(' ', expected.Except(told).Take(5))}, too many {string.Join(' ', told.Except(expected).Take(5))}\n{string.Join('\n', Log)}");
        }
    }

    private static int Chances(SimFault fault) => fault switch
    {
        SimFault.StoreInside => 400,
        SimFault.CommitLost or SimFault.AfterCommit => 8,
        _ => 25,
    };

    private static (string Query, long StartMs) Identify(string id)
    {
        var parts = id.Split('|');
        return (parts[3], long.Parse(parts[4]) - 1_000_000_000_000_000L);
    }

    private static bool IsExpected(Exception exception, SimFault fault) => fault switch
    {
        SimFault.StoreBefore or SimFault.StoreInside or SimFault.StoreAfter or SimFault.CommitLost => exception is StoreException,
        SimFault.Source or SimFault.BeforeCommit or SimFault.AfterCommit => exception is SourceException,
        SimFault.Stage => exception is StageFailedException,
        SimFault.Sink => exception is SinkException,
        SimFault.Abort => exception is PipelineException,
        _ => false,
    };

    // Batches overtake each other as they do with several lanes, but the same ones at each replay of a seed.
    private LaneFactory SlowLanes()
    {
        var random = new Random(_pace.Next());
        return (plan, lanes, arrival, context) => lanes > 1
            ? LaneFactories.Embedded(plan, lanes, arrival, context)
            : new OvertakenLanes(new FusedLane(plan, arrival, context), _ => random.Next(4) == 0 ? random.Next(1, 8) : 0);
    }

    private PipelineSettings Settings() => new()
    {
        Lanes = _random.Next(3) == 0 ? _random.Next(2, 5) : 1,
        QueueCapacity = _random.Next(1, 9),
        CheckpointInterval = TimeSpan.FromMilliseconds(_random.Next(100, 20_000)),
    };

    private EmbeddedRuntimeOptions Options(SimFaults faults) => new()
    {
        Store = new SimStore(_store, faults),
        Ledger = new BudgetLedger(_clock),
        Outbox = new OutboxReader(),
        Keys = new InMemoryKeyRing(),
        Time = _clock,
        Randomness = new SeededRandomSource((ulong)_random.NextInt64()),
        Tap = Tap,
        Background = work => work(),
    };

    // What was released stays as it is to the byte, is charged once, and nothing is released without a charge.
    private async Task CheckStoreAsync()
    {
        var (releases, charges, outbox) = await _store.TransactAsync(async transaction => (
            await transaction.ScanAsync("releases"),
            (await transaction.ReadStreamAsync($"ledger/{SimGraph.Account}")).Count(item => item.Type.StartsWith("charged", StringComparison.Ordinal)),
            await transaction.ScanAsync("outbox")));
        var now = releases.ToDictionary(row => row.Key, row => Convert.ToHexString(row.Value));
        Assert.All(_released, pair => Assert.Equal(pair.Value, now.GetValueOrDefault(pair.Key)));
        Assert.Equal(now.Count, charges);
        Assert.Equal(now.Keys.Order(), outbox.Select(row => Encoding.UTF8.GetString(row.Value)).Order());
        Assert.All(now.Keys, id => Assert.Contains(id, Tap.Ids));
        _released = now;
    }
}
