using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using Xunit;
using Query = AkkaPrivacy.Engine.Graphs.Flow<AkkaPrivacy.Engine.Graphs.TokenizedRows, AkkaPrivacy.Engine.Graphs.ReleasedValues, AkkaPrivacy.Engine.Graphs.NotUsed>;

namespace AkkaPrivacy.Tests.Engine.Runtime.Reloads;

/// <summary>Six hours of ten users each, queries over them, and what they released.</summary>
internal sealed class ReloadFixture(int hours = 6)
{
    private readonly List<(string Query, long Hour, long Users)> _asked = [];

    public int Hours => hours;

    public RuntimeFixture Runtime { get; } = new();

    public static PipelineSettings Settings(int lanes = 1, double epsilon = 1000) =>
        RuntimeFixture.Settings(epsilon) with { Lanes = lanes, AllowedLateness = TimeSpan.Zero, AllowedSkew = TimeSpan.Zero };

    public static Query Users(string name, int windows = 24, double epsilon = 1, int hours = 1) => Flow.Of<TokenizedRows>()
        .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = windows } })
        .TumblingWindow(TimeSpan.FromHours(hours))
        .DistinctSubjects(name)
        .LaplaceNoise(epsilon);

    public static Query Bytes(string name, int windows = 24) => Flow.Of<TokenizedRows>()
        .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = windows } })
        .TumblingWindow(TimeSpan.FromHours(1))
        .Sum(name, "bytes", 10)
        .LaplaceNoise(1);

    public PipelineGraph Graph(StoppingSource.Stops stops, PipelineSettings settings, IReleaseSink? sink, params Query[] queries) => queries
        .Aggregate(
            Source.FromLines(() => new StoppingSource(hours, stops)).ParseJsonLines(Planning.Graphs.Map()).Tokenize(),
            (rows, query) => rows.AlsoTo(query.To(sink is null ? Sink.Store() : Sink.To(sink))))
        .To(Sink.Ignore()).WithSettings(settings).Graph;

    public PipelineGraph Graph(StoppingSource.Stops stops, params Query[] queries) => Graph(stops, Settings(), null, queries);

    public IPipelineRun Start(PipelineGraph graph)
    {
        Runtime.Asked = (id, users) =>
        {
            lock (_asked)
            {
                _asked.Add((id.Query, Hour(id), users));
            }
        };
        return Runtime.Runtime.Materialize(graph);
    }

    /// <summary>Reloads where the source waits, and lets it go on.</summary>
    public static async Task<ReloadReport> ReloadAsync(IPipelineRun run, StoppingSource.Stops stops, long row, PipelineGraph graph, ReloadOptions? options = null)
    {
        await stops.Reached(row).WaitAsync(TimeSpan.FromSeconds(20));
        var reload = run.ReloadAsync(graph, options);
        stops.Open(row);
        return await reload.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>What the store holds of a query: hours and users, each window once.</summary>
    public async Task<List<(long Hour, long Users)>> ReleasedAsync(string query)
    {
        var entries = await Runtime.Store.TransactAsync(transaction => new OutboxReader().ReadAsync(transaction, 0, 10_000));
        var released = entries.Select(entry => entry.Release.Id).Where(id => id.Query == query).Select(Hour).ToList();
        Assert.Equal(released.Count, released.Distinct().Count());
        lock (_asked)
        {
            return [.. released.Order().Select(hour => (hour, _asked.First(asked => asked.Query == query && asked.Hour == hour).Users))];
        }
    }

    public static IEnumerable<(long Hour, long Users)> All(int from, int to) => Enumerable.Range(from, to - from).Select(hour => ((long)hour, 10L));

    private static long Hour(ReleaseId id) => (id.Window.StartMs - RuntimeFixture.Start) / 3_600_000;
}
