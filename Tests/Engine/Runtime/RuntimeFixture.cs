using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.Engine.Runtime;

/// <summary>A store and a small pipeline over it: users per hour, four hours, ten rows an hour.</summary>
internal sealed class RuntimeFixture : IBoundedTruthTap
{
    public const int Rows = 40;
    public static readonly long Start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public MemoryStore Store { get; } = new();

    /// <summary>What stands before the store; null for nothing.</summary>
    public Func<IStore, IStore>? Wrap { get; set; }

    /// <summary>Makes the lanes.</summary>
    public LaneFactory Lanes { get; init; } = LaneFactories.Embedded;

    public StoppedClock Clock { get; } = new();

    public BudgetLedger Ledger { get; } = new(new StoppedClock());

    public string Secret { get; set; } = "secret of a test";

    public List<(long Hour, long Users)> Truth { get; } = [];

    public List<(long Hour, long Rows)> Contributed { get; } = [];

    /// <summary>Called with each window that is asked for, and its users.</summary>
    public Action<AkkaPrivacy.Engine.Releases.ReleaseId, long>? Asked { get; set; }

    public EmbeddedRuntime Runtime => new(new EmbeddedRuntimeOptions
    {
        Store = Wrap?.Invoke(Store) ?? Store,
        Ledger = Ledger,
        Outbox = new OutboxReader(),
        Keys = new InMemoryKeyRing(Secret),
        Time = Clock,
        Randomness = new SeededRandomSource(1),
        Tap = this,
        Lanes = Lanes,
    });

    public static Source<RawLines, NotUsed> Lines => LinesOf(Rows);

    public static Source<TokenizedRows, NotUsed> Tokens => TokensOf(Rows);

    public static Source<TokenizedRows, NotUsed> TokensOf(int rows) => LinesOf(rows).ParseJsonLines(Planning.Graphs.Map()).Tokenize();

    private static Source<RawLines, NotUsed> LinesOf(int rows) => Source.FromLines(() => new MemoryLineSource("m", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, rows).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"time":{{Start + (i * 360_000)}},"user":"u{{i % 10}}","page":"/a","bytes":1}""") + "\n")))));

    public static Flow<TokenizedRows, ReleasedValues, NotUsed> Query(string name = "users") => Flow.Of<TokenizedRows>()
        .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = 24 } })
        .TumblingWindow(TimeSpan.FromHours(1))
        .DistinctSubjects(name)
        .LaplaceNoise(1);

    public static PipelineSettings Settings(double epsilon = 1000) => Planning.Graphs.Settings with
    {
        AllowedLateness = TimeSpan.FromMinutes(5),
        Account = new AccountPolicy { Account = "a/b", Measure = PrivacyMeasure.Pure, BudgetPerPeriod = PrivacyCost.Pure(epsilon) },
    };

    public Task<RunSummary> RunAsync(RunnableGraph<Task<RunSummary>> graph, PipelineSettings? settings = null) => graph.WithSettings(settings ?? Settings()).Run(Runtime);

    public static RunnableGraph<Task<RunSummary>> Graph(IReleaseSink? sink = null) =>
        Tokens.Via(Query()).ToMaterialized(sink is null ? Sink.Store() : Sink.To(sink), Keep.Right);

    public void OnRelease(AkkaPrivacy.Engine.Releases.ReleaseId id, QueryPlan query, WindowAggregate aggregate)
    {
        var hour = (id.Window.StartMs - Start) / 3_600_000;
        Truth.Add((hour, aggregate.Count == 0 ? 0 : aggregate.Subjects[0]));
        Contributed.Add((hour, aggregate.Count == 0 ? 0 : aggregate.Rows[0]));
        Asked?.Invoke(id, aggregate.Count == 0 ? 0 : aggregate.Subjects[0]);
    }
}
