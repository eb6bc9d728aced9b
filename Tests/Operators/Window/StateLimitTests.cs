using System.Buffers.Binary;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Window;

public sealed class StateLimitTests : IOutlet<WindowAggregate>
{
    private const int Explosion = 10_000_000;
    private readonly BatchPool _pool = new();
    private readonly DeadLetters _deadLetters = new();
    private readonly List<WindowAggregate> _fired = [];

    [Fact]
    public void A_key_set_that_explodes_costs_its_window_and_memory_stays_flat()
    {
        var memory = new StateBudget(32L << 20);
        var stage = LaneRunner.Start(Plan(), _pool, _deadLetters, memory);
        stage.OnBatch(LaneRunner.Batch(_pool, Plan(), Quiet(windowMs: 60_000)), this);
        var largest = 0L;
        Explode(stage, Explosion, (i, random) => new Token((ulong)random.NextInt64(), (ulong)i + 1), () => largest = Math.Max(largest, stage.StateBytes));
        stage.OnFrontier(new Frontier(0, 120_000, true), this);

        Assert.InRange(largest, 1, memory.Limit);
        Assert.Equal([true, false], _fired.Select(aggregate => aggregate.IsGivenUp));
        Assert.Equal(Explosion, _deadLetters.Counts[DeadLetterReason.StateLimit]);
        Assert.Equal((3, 0), (_fired[1].Count, _fired[0].Count));
        Assert.InRange(memory.Taken, 0, 1 << 20);
    }

    [Fact]
    public void One_subject_with_a_great_many_keys_fills_nothing()
    {
        var memory = new StateBudget(32L << 20);
        var stage = LaneRunner.Start(Plan() with { MaxGroups = 10_000 }, _pool, _deadLetters, memory);
        stage.OnBatch(LaneRunner.Batch(_pool, Plan(), Quiet(windowMs: 0)), this);
        Explode(stage, 1_000_000, (_, _) => new Token(7, 7), () => Assert.InRange(stage.StateBytes, 1, memory.Limit));
        stage.OnFrontier(new Frontier(0, 120_000, true), this);

        Assert.False(_fired[0].IsGivenUp);
        Assert.Equal(3 + 2, _fired[0].Count);
        Assert.Equal(0, _deadLetters.Counts.GetValueOrDefault(DeadLetterReason.StateLimit));
    }

    [Fact]
    public void Forgotten_groups_change_nothing_that_fires()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var plan = Plan() with { Bounds = new ContributionBounds { Groups = random.Next(1, 12), RowsPerGroup = 2 } };
            PlainRow[] rows = [.. Enumerable.Range(0, 4000).Select(i => new PlainRow(i, new Token((ulong)random.Next(1, 20), 1), [$"/key/{random.Next(3000)}"], []))];
            var segments = new WindowCase(plan, [new Segment(rows, new Frontier(0, 60_000, true))]);
            Assert.Equal($"{new WindowOracle(segments).Outcome}", $"{LaneRunner.Run(segments with { Plan = plan with { MaxGroups = 700 } }, seed, restores: true)}");
        }
    }

    [Fact]
    public void More_groups_than_allowed_give_the_window_up_also_across_a_restart()
    {
        var plan = Plan() with { MaxGroups = 600 };
        var stage = LaneRunner.Start(plan, _pool, _deadLetters);
        stage.OnBatch(LaneRunner.Batch(_pool, plan, [.. Enumerable.Range(1, 3000).Select(i => new PlainRow(i, new Token((ulong)i, 1), [$"{i}"], []))]), this);
        var writer = new SnapshotWriter();
        stage.Snapshot(writer);
        stage = LaneRunner.Start(plan, _pool, _deadLetters);
        stage.Restore(new SnapshotReader(writer.Written));
        stage.OnBatch(LaneRunner.Batch(_pool, plan, Quiet(windowMs: 0)), this);
        stage.OnFrontier(new Frontier(0, 60_000, true), this);
        Assert.True(Assert.Single(_fired).IsGivenUp);
        Assert.Equal(3009, _deadLetters.Counts[DeadLetterReason.StateLimit]);
    }

    [Fact]
    public void A_sliding_window_with_a_pane_that_was_given_up_is_given_up()
    {
        var plan = Plan() with { WindowMs = 60_000, SlideMs = 20_000, MaxGroups = 600 };
        var stage = LaneRunner.Start(plan, _pool, _deadLetters);
        stage.OnBatch(LaneRunner.Batch(_pool, plan, Quiet(windowMs: 0)), this);
        stage.OnBatch(LaneRunner.Batch(_pool, plan, [.. Enumerable.Range(1, 3000).Select(i => new PlainRow(60_000, new Token((ulong)i, 1), [$"{i}"], []))]), this);
        stage.OnBatch(LaneRunner.Batch(_pool, plan, Quiet(windowMs: 80_000)), this);
        stage.OnFrontier(new Frontier(0, 160_000, true), this);
        Assert.Equal([(0L, false), (20_000L, true), (40_000L, true), (60_000L, true), (80_000L, false)], _fired.Select(aggregate => (aggregate.Window.StartMs, aggregate.IsGivenUp)));
    }

    [Fact]
    public void A_great_many_small_windows_are_limited_by_the_same_memory()
    {
        var memory = new StateBudget(16L << 20);
        var plan = Plan() with { WindowMs = 1000 };
        var stage = LaneRunner.Start(plan, _pool, _deadLetters, memory);
        for (var i = 0; i < 100_000; i += 4000)
        {
            stage.OnBatch(LaneRunner.Batch(_pool, plan, [.. Enumerable.Range(i, 4000).Select(row => new PlainRow(row * 1000L, new Token(1, 1), ["a"], []))]), this);
        }

        Assert.InRange(stage.StateBytes, 1, memory.Limit);
        stage.OnFrontier(new Frontier(0, 100_000_000, true), this);
        Assert.Equal(100_000, _fired.Count);
        Assert.Contains(_fired, aggregate => !aggregate.IsGivenUp);
    }

    void IOutlet<WindowAggregate>.Push(WindowAggregate element) => _fired.Add(element);

    private static BoundedWindowPlan Plan() => new()
    {
        Group = "g",
        SubjectSlot = WindowCase.SubjectSlot,
        GroupBy = [new GroupField("page", 3, ColumnType.Text)],
        KnownKeys = null,
        Bounds = new ContributionBounds { Groups = 2, RowsPerGroup = 2 },
        Sums = [],
        WindowMs = 60_000,
        PeriodMs = 600_000_000,
    };

    private static PlainRow[] Quiet(long windowMs) =>
        [.. Enumerable.Range(0, 9).Select(i => new PlainRow(windowMs + i, new Token((ulong)i + 100, 1), [$"/quiet/{i % 3}"], []))];

    private void Explode(BoundedWindowStage stage, int rows, Func<int, Random, Token> subject, Action afterBatch)
    {
        var random = new Random(1);
        using var batch = LaneRunner.Batch(_pool, Plan(), [.. Enumerable.Range(0, EventBatch.Capacity).Select(_ => new PlainRow(5, new Token(1, 1), ["0123456789abcdef"], []))]);
        var (tokens, keys) = (batch.Tokens(WindowCase.SubjectSlot).Values, batch.Text(3));
        for (var done = 0; done < rows; done += EventBatch.Capacity)
        {
            for (var i = 0; i < EventBatch.Capacity; i++)
            {
                tokens[i] = subject(done + i, random);
                BinaryPrimitives.WriteInt64LittleEndian(keys.Arena.Buffer.AsSpan(keys.Spans[i].Offset), random.NextInt64());
            }

            var part = batch.Share();
            for (var i = rows - done; i < EventBatch.Capacity; i++)
            {
                part.Deselect(i);
            }

            stage.OnBatch(part, this);
            afterBatch();
        }
    }
}
