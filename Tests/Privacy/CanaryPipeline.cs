using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using AkkaPrivacy.Connectors.JsonLines;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Storage.Sqlite;
using AkkaPrivacy.Tests.Support;
using RowMap = AkkaPrivacy.Operators.MapRows.Map;

namespace AkkaPrivacy.Tests.Privacy;

/// <summary>Where a pipeline is made to fail.</summary>
public enum CanaryFault
{
    None,
    Stage,
    Snapshot,
    Complete,
    Row,
    Sink,
    Kill,
}

/// <summary>A pipeline into which canaries are sent, with everything that comes out of it.</summary>
internal sealed class CanaryPipeline(string folder, CanaryFault fault, Func<EmbeddedRuntimeOptions, IPipelineRuntime>? runtime = null) : IDisposable
{
    private const string PipelineName = "canary-in-the-engine";
    private readonly ConcurrentQueue<string> _seen = [];
    private readonly MeterListener _listener = new();

    /// <summary>Dead letters, metrics, topology, exceptions and the summary, as text.</summary>
    public string Seen => string.Join('\n', _seen);

    public void Dispose() => _listener.Dispose();

    public async Task RunAsync(string lines)
    {
        Listen();
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(folder, "canary.db") });
        try
        {
            var options = new EmbeddedRuntimeOptions
            {
                Store = store,
                Ledger = new BudgetLedger(TimeProvider.System),
                Outbox = new OutboxReader(),
                Keys = new InMemoryKeyRing(),
                DeadLetterListener = letter => _seen.Enqueue($"{letter}"),
            };
            var run = (runtime?.Invoke(options) ?? new EmbeddedRuntime(options)).Materialize(Graph(lines));
            if (fault == CanaryFault.Kill)
            {
                run.KillSwitch.Shutdown();
            }

            await LookAsync(run);
        }
        catch (Exception exception)
        {
            _seen.Enqueue(exception.ToString());
        }

        // The store is still open here, so its write-ahead log is searched as well.
        Canary.AssertAbsentFromFiles(folder);
    }

    private async Task LookAsync(IPipelineRun run)
    {
        try
        {
            var summary = await run.Completion;
            _seen.Enqueue($"{summary} {string.Join(' ', summary.DeadLetters)} {string.Join(' ', summary.DeadLetterSamples)} {string.Join(' ', summary.Warnings)}");
        }
        finally
        {
            _seen.Enqueue($"{run.Topology()} {string.Join(' ', run.Topology().Stages)}");
            _listener.RecordObservableInstruments();
        }
    }

    private void Listen()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "AkkaPrivacy")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.Start();
    }

    // Meters are the process's, so measurements of pipelines in other tests come by as well.
    private void See<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!tags.ToArray().Any(tag => tag.Value is PipelineName))
        {
            return;
        }

        foreach (var tag in tags)
        {
            _seen.Enqueue($"{instrument.Name} {tag.Key}={tag.Value} {value}");
        }
    }

    private PipelineGraph Graph(string lines)
    {
        var rows = Source.FromLines(() => new WatchedSource(new MemoryLineSource("canary", Encoding.UTF8.GetBytes(lines), maxLineBytes: 1024), _listener))
            .ParseJsonLines(Map())
            .Tokenize()
            .Via(Flow.FromOperator(RowMap.Filter("quoting", row => fault != CanaryFault.Row ? true : throw new InvalidOperationException(Canary.Email))))
            .Via(Flow.FromOperator(new Quoting(fault)));
        return rows
            .Bound(new Bound { Subject = "email", GroupBy = ["network"] })
            .TumblingWindow(TimeSpan.FromHours(1))
            .Count("networks")
            .SelectKeys(1, 1e-6)
            .LaplaceNoise(1)
            .AlsoTo(Sink.To(new FailingSink(fault)))
            .To(Sink.To(JsonLinesSink.ToFile(Path.Combine(folder, "releases.jsonl"))))
            .WithSettings(new PipelineSettings
            {
                Name = PipelineName,
                CheckpointInterval = TimeSpan.FromMilliseconds(100),
                Account = new AccountPolicy { Account = "canary", Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(100, 1e-3) },
            }).Graph;
    }

    private static DataMap Map() => new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "arrival", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Arrival },
        new FieldDefinition { Name = "email", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
        new FieldDefinition { Name = "cookie", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment() },
        new FieldDefinition { Name = "network", From = "ip", Type = FieldType.Text, Class = FieldClass.QuasiIdentifier, Treatment = new IpPrefixTreatment() },
        new FieldDefinition { Name = "ms", Type = FieldType.Integer, Class = FieldClass.Measure },
    ]);

    /// <summary>A stage of somebody's own that quotes a row in what it throws.</summary>
    private sealed class Quoting(CanaryFault fault) : RowOperator
    {
        public override string Kind => "quoting";

        public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new QuotingStage(fault), "quoting", Stability.OneToOne);
    }

    private sealed class QuotingStage(CanaryFault fault) : RowStage
    {
        public override void Snapshot(SnapshotWriter writer) => Throw(CanaryFault.Snapshot);

        public override void Complete(IOutlet<EventBatch> outlet) => Throw(CanaryFault.Complete);

        protected override void Process(EventBatch batch) => Throw(CanaryFault.Stage);

        private void Throw(CanaryFault place)
        {
            if (fault == place)
            {
                throw new InvalidOperationException($"Cannot handle {Canary.Email} from {Canary.Ip}", new FormatException(Canary.Cookie));
            }
        }
    }

    private sealed class FailingSink(CanaryFault fault) : IReleaseSink
    {
        public string Name => "failing";

        public ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken) =>
            fault == CanaryFault.Sink ? throw new SinkException("The sink is out of order.") : ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Has metrics read while the pipeline runs.</summary>
    private sealed class WatchedSource(MemoryLineSource inner, MeterListener listener) : IEventSource
    {
        public string Name => inner.Name;

        public RowSchema Schema => inner.Schema;

        public long? TotalBytes => inner.TotalBytes;

        public long BytesRead => inner.BytesRead;

        public int Partitions => inner.Partitions;

        public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => inner.OpenAsync(context, cancellationToken);

        public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
        {
            listener.RecordObservableInstruments();
            return inner.ReadAsync(batch, cancellationToken);
        }

        public IReadOnlyList<SourcePosition> Positions() => inner.Positions();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
