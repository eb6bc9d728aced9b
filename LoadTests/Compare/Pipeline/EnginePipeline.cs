using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>The job as a pipeline of this product, from lines in memory to noised, charged and stored windows.</summary>
/// <param name="lanes">Lanes to run in.</param>
/// <param name="name">The name in the results; the number of lanes is added when there are several.</param>
/// <param name="runtime">Makes the runtime. Default: the embedded one.</param>
internal sealed class EnginePipeline(int lanes, string name = "akkaprivacy", Func<EmbeddedRuntimeOptions, IPipelineRuntime>? runtime = null) : IPipelineSubject
{
    private static int _passes;
    private readonly PassMeter _meter = new();

    public string Name => lanes == 1 ? name : $"{name}-{lanes}-lanes";

    /// <summary>Takes the exact counts of the passes, for checks; null for none.</summary>
    public ExactCounts? Exact
    {
        get => _meter.Exact;
        init => _meter.Exact = value;
    }

    /// <summary>Bytes that a running pipeline allocates per event: from the second window to the last of each pass.</summary>
    public double? SteadyBytesPerEvent => _meter.BytesPerEvent;

    public long Run(ReadOnlyMemory<byte> jsonLines, int events)
    {
        _meter.Begin();
        var options = new EmbeddedRuntimeOptions
        {
            Store = ComparisonStore.Shared,
            Ledger = new BudgetLedger(TimeProvider.System),
            Outbox = new OutboxReader(),
            Keys = new FixedKey(),
            Tap = _meter,
        };

        // Every pass is a pipeline and an account of its own, since what was released before would be left as it is.
        var pipeline = $"compare-{lanes}-{Interlocked.Increment(ref _passes)}";
        var engine = runtime?.Invoke(options) ?? new EmbeddedRuntime(options);
        var summary = Graph(() => new MemoryLineSource("events", jsonLines), lanes, pipeline).Run(engine).GetAwaiter().GetResult();
        return summary.Withheld.Count == 0
            ? _meter.Counted
            : throw new InvalidOperationException($"{summary.Withheld.Count} windows were withheld: {summary.Withheld[0].Refusal.Message}");
    }

    /// <summary>The graph of the job over any source of its lines.</summary>
    /// <param name="open">Makes the source.</param>
    /// <param name="lanes">Lanes to run in.</param>
    /// <param name="name">Name of the pipeline and of its account.</param>
    /// <param name="window">Size of windows; null for that of the job.</param>
    /// <param name="lateness">Allowed lateness; null for 10 seconds.</param>
    /// <returns>The graph; it materialises the completion.</returns>
    public static RunnableGraph<Task<RunSummary>> Graph(
        Func<IEventSource> open, int lanes, string name = "compare", TimeSpan? window = null, TimeSpan? lateness = null) => Source
        .FromLines(open)
        .ParseJsonLines(Map())
        .Tokenize()
        .Sample("user", PipelineJob.KeptShare)
        .Bound(new Bound
        {
            Subject = "user",
            GroupBy = ["page"],
            KnownKeys = [.. Enumerable.Range(0, JsonLines.Pages).Select(page => new[] { $"/page/{page:D3}" })],
            Bounds = new ContributionBounds { Groups = PipelineJob.PagesPerUser, RowsPerGroup = PipelineJob.CountsPerPage, Windows = (int)(TimeSpan.FromDays(1) / (window ?? PipelineJob.Window)) },
        })
        .TumblingWindow(window ?? PipelineJob.Window)
        .Count("views")
        .LaplaceNoise(PipelineJob.Epsilon)
        .ToMaterialized(Sink.Store(), Keep.Right)
        .WithSettings(new PipelineSettings
        {
            Name = name,
            Lanes = lanes,
            AllowedLateness = lateness ?? TimeSpan.FromSeconds(10),
            Account = new AccountPolicy { Account = name, Measure = PrivacyMeasure.Pure, BudgetPerPeriod = PrivacyCost.Pure(100_000) },
        });

    private static DataMap Map() => new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
        new FieldDefinition { Name = "ms", Type = FieldType.Integer, Class = FieldClass.Measure },
    ]);

    internal sealed class FixedKey : IKeyRing
    {
        public string Fingerprint => "compare";

        public byte[] DeriveKey(string purpose) => [.. PipelineJob.Key];
    }
}
