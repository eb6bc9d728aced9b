using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.Privacy.Sensitivity;

/// <summary>A row of a small stream.</summary>
internal sealed record SmallRow(int User, string Page, long TimeMs, int Id, long Ms, long Weight)
{
    public string Json => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"time\":{TimeMs},\"user\":\"u{User}\",\"page\":\"{Page}\",\"id\":\"i{Id}\",\"ms\":{Ms},\"weight\":{Weight}}}\n");

    /// <summary>Few subjects and many collisions, crowded on both sides of midnight.</summary>
    public static List<SmallRow> Draw(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(10, 40)).Select(_ => new SmallRow(
            random.Next(5),
            new[] { "/a", "/b", "/c" }[random.Next(3)],
            Truth.Midnight + (random.Next(-180, 180) * 60_000L),
            random.Next(6),
            random.Next(4) == 0 ? random.Next(-30, 100) : random.Next(0, 20),
            random.Next(0, 6))),
    ];
}

/// <summary>What the stages of a plan make of a stream, one after the other and without a runtime or noise.</summary>
internal static class Truth
{
    public static readonly long Midnight = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    public const long Day = 86_400_000;
    private static readonly ThreadLocal<BatchPool> Pool = new(() => new BatchPool());

    public static List<WindowAggregate> Of(PipelinePlan plan, BranchPlan branch, IEnumerable<SmallRow> rows)
    {
        var pool = Pool.Value!;
        var context = new StageContext
        {
            Name = "stage",
            Time = new StoppedClock(),
            Randomness = new SeededRandomSource(1),
            Keys = new InMemoryKeyRing(),
            Pool = pool,
            DeadLetters = new DeadLetters(),
            Metrics = new StageMetrics(),
            PeriodMs = plan.Account.Period.Ticks / TimeSpan.TicksPerMillisecond,
        };
        var fired = new List<WindowAggregate>();
        var bound = new Link<WindowAggregate>(branch.Create(), new Collector(fired));
        var links = new List<ILink>();
        IOutlet<EventBatch> next = bound;
        foreach (var stage in plan.Shared.Concat(plan.BySubject).Concat(branch.Rows).Reverse())
        {
            var link = new Link<EventBatch>(stage.Plan.Create(), next);
            links.Insert(0, link);
            next = link;
        }

        links.Add(bound);
        links.ForEach(link => link.Start(context));
        Feed(pool, context, next, Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => row.Json))));
        var frontier = new Frontier(Midnight - Day, Midnight + Day, true);
        links.ForEach(link => link.Fire(frontier));
        return fired;
    }

    private static void Feed(BatchPool pool, StageContext context, IOutlet<EventBatch> next, byte[] lines)
    {
        var source = new MemoryLineSource("m", lines);
        source.OpenAsync(new SourceContext { Time = context.Time, DeadLetters = context.DeadLetters }, default).AsTask().GetAwaiter().GetResult();
        for (var read = SourceRead.Rows; read != SourceRead.End;)
        {
            var batch = pool.RentBatch();
            read = source.ReadAsync(batch, default).AsTask().GetAwaiter().GetResult();
            if (read == SourceRead.Rows)
            {
                next.Push(batch);
            }
            else
            {
                batch.Dispose();
            }
        }
    }

    private interface ILink
    {
        void Start(StageContext context);

        void Fire(Frontier frontier);
    }

    private sealed class Link<TOut>(Stage<EventBatch, TOut> stage, IOutlet<TOut> next) : IOutlet<EventBatch>, ILink
    {
        public void Push(EventBatch element) => stage.OnBatch(element, next);

        public void Start(StageContext context) => stage.Start(context);

        public void Fire(Frontier frontier) => stage.OnFrontier(frontier, next);
    }

    private sealed class Collector(List<WindowAggregate> fired) : IOutlet<WindowAggregate>
    {
        public void Push(WindowAggregate element) => fired.Add(element);
    }
}
