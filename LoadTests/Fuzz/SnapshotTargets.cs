using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.Sessions;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Stored states of stages. A state that is taken must also work: the stage fires and stores itself again.</summary>
internal static class SnapshotTargets
{
    private const long Hour = 3_600_000;

    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("page", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("n", ColumnType.Int64, FieldClass.Measure));

    private static readonly string[] Tokens = ["\0\0\0\0\0\0\0\0", "\u0001\0\0\0\0\0\0\0", "\u0010\0\0\0\0\0\0\0", "/a"];

    /// <summary>One for each kind of state.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Of("snapshot-window", () => new Bound { Subject = "user" }.CreateStage(Plan(Hour))),
        Of("snapshot-sliding", () => new Bound { Subject = "user" }.CreateStage(Plan(Hour / 4) with { KnownKeys = [["/a"], ["/b"]] })),
        Of("snapshot-sessions", () => new SessionsOperator("user", TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)) { First = ["page"], Last = ["n"] }.Plan(Schema, new PlanErrors())!.Create()),
        Of("snapshot-dedup", () => new DedupOperator("user", "n", TimeSpan.FromMinutes(10)).Plan(Schema, new PlanErrors())!.Create()),
        new("snapshot-aggregate", () => [WindowAggregateFormat.Write(Aggregate()).ToArray()], Tokens, () => ReadAggregate),
    ];

    private static BoundedWindowPlan Plan(long slide) => new()
    {
        Group = "g",
        SubjectSlot = 2,
        GroupBy = [new GroupField("page", 3, ColumnType.Text)],
        KnownKeys = null,
        Bounds = new ContributionBounds { Groups = 2, RowsPerGroup = 3, Windows = 2 },
        Sums = [new SumField("n", 4, -10, 100, 1)],
        WindowMs = Hour,
        SlideMs = slide,
        PeriodMs = 24 * Hour,
    };

    private static FuzzTarget Of<TOut>(string name, Func<Stage<EventBatch, TOut>> create) =>
        new(name, () => [Stored(create, 3), Stored(create, 40), Stored(create, 0)], Tokens, () => input => Restore(create, input));

    private static byte[] Stored<TOut>(Func<Stage<EventBatch, TOut>> create, int rows)
    {
        var pool = new BatchPool();
        var stage = Start(create, pool);
        var batch = pool.RentBatch();
        var (tokens, pages, numbers, times, arrivals) = (pool.RentTokens(), pool.RentText(), pool.RentInt64(), pool.RentInt64(), pool.RentInt64());
        for (var i = 0; i < rows; i++)
        {
            tokens.Values[i] = new Token((ulong)(i % 7) + 1, 5);
            pages.Spans[i] = pages.Arena.Append(i % 3 == 0 ? "/a"u8 : i % 3 == 1 ? "/b"u8 : "/c"u8);
            (numbers.Values[i], times.Values[i], arrivals.Values[i]) = (i, (1000 * Hour) + (i * Hour / 9), 0);
        }

        batch.Set(RowSchema.EventTime, times);
        batch.Set(RowSchema.Arrival, arrivals);
        batch.Set(2, tokens);
        batch.Set(3, pages);
        batch.Set(4, numbers);
        batch.SelectAll(rows);
        var outlet = new Nowhere<TOut>();
        stage.OnBatch(batch, outlet);
        stage.OnFrontier(new Frontier(0, 1001 * Hour, false), outlet);
        var writer = new SnapshotWriter();
        stage.Snapshot(writer);
        return writer.Written.ToArray();
    }

    private static Stage<EventBatch, TOut> Start<TOut>(Func<Stage<EventBatch, TOut>> create, BatchPool pool)
    {
        var stage = create();
        stage.Start(new StageContext
        {
            Name = "stage",
            Time = TimeProvider.System,
            Randomness = CryptoRandomSource.Instance,
            Keys = new NoKeys(),
            Pool = pool,
            DeadLetters = new DeadLetters(),
            Metrics = new StageMetrics(),
        });
        return stage;
    }

    private static bool Restore<TOut>(Func<Stage<EventBatch, TOut>> create, byte[] input)
    {
        var stage = Start(create, Pool.Value!);
        try
        {
            stage.Restore(new SnapshotReader(input));
        }
        catch (SnapshotException)
        {
            stage.Fail(new InvalidOperationException("refused"));
            return false;
        }

        stage.Snapshot(new SnapshotWriter());
        stage.OnFrontier(new Frontier(0, 1010 * Hour, false), new Nowhere<TOut>());
        stage.Snapshot(new SnapshotWriter());
        stage.Fail(new InvalidOperationException("over"));
        return true;
    }

    private static WindowAggregate Aggregate()
    {
        var aggregate = new WindowAggregate(new TimeWindow(0, Hour), 2, 1);
        foreach (var key in new[] { "a", "b" })
        {
            var group = aggregate.GetOrAdd(WindowAggregate.EncodeKey([key, "x"]));
            aggregate.Add(group, 3, 2);
            aggregate.AddSum(group, 0, -7);
        }

        return aggregate;
    }

    private static bool ReadAggregate(byte[] input)
    {
        try
        {
            var aggregate = WindowAggregateFormat.Read(input);
            for (var group = 0; group < aggregate.Count; group++)
            {
                aggregate.KeyText(group);
            }

            return true;
        }
        catch (SnapshotException)
        {
            return false;
        }
    }

    private static readonly ThreadLocal<BatchPool> Pool = new(() => new BatchPool());

    private sealed class Nowhere<T> : IOutlet<T>
    {
        public void Push(T element) => (element as IDisposable)?.Dispose();
    }

    private sealed class NoKeys : IKeyRing
    {
        public string Fingerprint => "none";

        public byte[] DeriveKey(string purpose) => new byte[32];
    }
}
