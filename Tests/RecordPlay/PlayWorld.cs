using System.Collections.Immutable;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Tests.Simulation;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>One store, one of the two streams, and the runs over it: each ends by a fault, at the cut or at the end of the input.</summary>
/// <param name="given">The case.</param>
/// <param name="stream">The stream.</param>
/// <param name="recorder">Records and plays.</param>
/// <param name="salt">Where faults strike; equal ones strike at the same steps.</param>
/// <param name="broken">What is declared wrongly.</param>
internal sealed class PlayWorld(PlayCase given, SimCase stream, Recorder recorder, int salt, PlayBreak broken)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly SimFault[] Faults = Enum.GetValues<SimFault>();
    private readonly Random _random = new((given.Seed * 41) + salt);
    private readonly Random _pace = new((given.Seed * 43) + salt);
    private readonly MemoryStore _store = new();
    private readonly SimClock _clock = new();
    private readonly SimLetters _letters = new();
    private readonly Dictionary<string, string> _published = [];
    private string _secret = "secret of a test";
    private bool _isFixed;

    /// <summary>What was tried and what came of it, for the message of a failure.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Runs everything.</summary>
    public async Task PlayAsync()
    {
        if (given.Breakpoint != PlayBreakpoint.None)
        {
            var part = PlayCase.UpToCut(stream);
            await StumbleAsync(part, stops: true);
            await RunAsync(part, SimFault.None, stops: true);
            await BreakAsync();
        }

        var anew = given.Breakpoint == PlayBreakpoint.Rotation;
        await StumbleAsync(stream, stops: false, anew);
        Assert.False((await RunAsync(stream, SimFault.None, anew: anew || (given.BeginsAnew && _random.Next(2) == 0)))!.Interrupted);
        var stored = await _store.TransactAsync(async transaction => (await transaction.ScanAsync("releases")).Select(row => row.Key));
        Assert.Equal(recorder.Trace.Keys, stored.Order(StringComparer.Ordinal));
    }

    /// <summary>What the account was charged in the period in which the streams differ, and how often.</summary>
    public async Task<(PrivacyCost Spent, int Releases)> SpentAsync()
    {
        var history = await _store.TransactAsync(transaction => new BudgetLedger(_clock).HistoryAsync(transaction, PlayGraph.Account));
        return history.FirstOrDefault(status => status.PeriodStartMs == given.Period.StartMs) is { } status
            ? (status.Spent, status.Releases)
            : (PrivacyCost.Zero(given.InRho ? PrivacyMeasure.ZeroConcentrated : PrivacyMeasure.Approximate), 0);
    }

    private async Task StumbleAsync(SimCase part, bool stops, bool anew = false)
    {
        for (var attempt = _random.Next(4); attempt > 0; attempt--)
        {
            var fault = Faults[_random.Next(1, Faults.Length)];
            await RunAsync(part, fault, stops, anew || (given.BeginsAnew && _random.Next(2) == 0), _random.Next(3) == 0);
        }
    }

    private async Task BreakAsync()
    {
        if (given.Breakpoint == PlayBreakpoint.Rotation)
        {
            _secret = "another secret of a test";
            var before = recorder.Trace.Count;
            await Assert.ThrowsAsync<PipelineException>(() => RunAsync(stream, SimFault.None));
            Assert.Equal(before, recorder.Trace.Count);
            return;
        }

        _isFixed = true;
        foreach (var fault in (SimFault[])[Faults[_random.Next(1, 4)], SimFault.None])
        {
            var faults = new SimFaults(fault, _random.Next(1, 40));
            var graph = PlayGraph.Of(given, Parts(PlayCase.UpToCut(stream), faults, new SimCommits(_pace, faults), Task.FromResult<IPipelineRun>(null!), stops: false), Settings(anew: false));
            try
            {
                var summary = await new EmbeddedRuntime(Options(faults, null)).ReplayAsync(PipelinePlanner.Plan(graph), _letters.All).WaitAsync(Patience);
                Log.Add($"replay: {summary.RowsRead} rows of {summary.Places} places, {string.Join(' ', summary.LeftOut)} {string.Join(' ', summary.Refused)}");
            }
            catch (StoreException) when (fault != SimFault.None)
            {
                Log.Add($"replay: {fault}");
            }
        }
    }

    private async Task<RunSummary?> RunAsync(SimCase part, SimFault fault, bool stops = false, bool anew = false, bool supervised = false)
    {
        var faults = new SimFaults(fault, fault == SimFault.StoreInside ? _random.Next(1, 400) : _random.Next(1, _random.Next(2) == 0 ? 8 : 30));
        var commits = new SimCommits(_pace, faults);
        var started = new TaskCompletionSource<IPipelineRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        var settings = Settings(anew);
        var options = Options(faults, _pace.Next(4) == 0 ? null : commits.Begin);
        var policy = supervised ? SupervisionPolicy.Restart with { MinBackoff = TimeSpan.Zero, MaxBackoff = TimeSpan.Zero } : SupervisionPolicy.Stop;
        Log.Add($"{fault}{(supervised ? " supervised" : "")}{(anew ? " anew" : "")}{(stops ? " up to the cut" : "")} with {settings.Lanes} lanes");
        var run = new EmbeddedRuntime(options).Materialize(PlayGraph.Of(given, Parts(part, faults, commits, started.Task, stops), settings) with
        {
            Supervision = new[] { SupervisionPolicy.Source, SupervisionPolicy.Stages, SupervisionPolicy.Sinks }.ToImmutableSortedDictionary(name => name, _ => policy),
        });
        started.SetResult(run);
        try
        {
            var summary = await run.Completion.WaitAsync(Patience);
            Log.Add($"  {(summary.Interrupted ? "interrupted" : "completed")}: {summary.Released} released, {summary.Replayed} before, {summary.Withheld.Count} withheld, {summary.RowsRead} rows");
            return summary;
        }
        catch (Exception exception) when (fault != SimFault.None && exception is StoreException or SourceException or StageFailedException or SinkException or PipelineException)
        {
            Log.Add($"  {exception.GetType().Name}");
            return null;
        }
    }

    private PlayParts Parts(SimCase part, SimFaults faults, SimCommits commits, Task<IPipelineRun> run, bool stops)
    {
        // A supervised run opens them again.
        var ended = new HashSet<int>();
        return new PlayParts(
            partitions =>
            {
                var source = new SimSource(part, partitions, _random, faults, _clock, commits, run);
                ended.Remove(partitions[0]);
                return stops ? new PausingSource(source, () => ended.Add(partitions[0]) && ended.Count == stream.Sources.Count, run) : source;
            },
            faults,
            new SimSink(faults, _published),
            _letters,
            recorder,
            () => _isFixed,
            broken);
    }

    private PipelineSettings Settings(bool anew) => new()
    {
        Lanes = _random.Next(3) == 0 ? _random.Next(2, 5) : 1,
        QueueCapacity = _random.Next(1, 9),
        CheckpointInterval = TimeSpan.FromMilliseconds(_random.Next(100, 20_000)),
        Resume = !anew,
    };

    private EmbeddedRuntimeOptions Options(SimFaults faults, Func<Func<Task>, Func<Task>>? commitsBeside) => new()
    {
        Store = new PlayStore(new SimStore(_store, faults), recorder),
        Ledger = new PlayLedger(new BudgetLedger(_clock), recorder),
        Outbox = new OutboxReader(),
        Keys = new InMemoryKeyRing(_secret),
        Time = _clock,
        Randomness = new SeededRandomSource((ulong)_random.NextInt64()),
        Tap = recorder,
        Background = work => work(),
        CommitsBeside = commitsBeside,
    };
}
