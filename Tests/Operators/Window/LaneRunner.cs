using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Window;

/// <summary>Runs a case through stages: rows shuffled within their segment, split into lanes by subject and into batches
/// with rows that are not selected in between; now and then a lane is stored and taken up by a new stage.</summary>
public sealed class LaneRunner : IOutlet<WindowAggregate>
{
    private readonly WindowCase _case;
    private readonly Random _random;
    private readonly bool _restores;
    private readonly BoundedWindowStage[] _lanes;
    private readonly BatchPool _pool = new();
    private readonly DeadLetters _deadLetters = new();
    private readonly Dictionary<long, WindowAggregate> _fired = [];
    private long _lastEnd = long.MinValue;

    private LaneRunner(WindowCase given, int seed, bool restores)
    {
        _case = given;
        _random = new Random(seed);
        _restores = restores;
        _lanes = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => NewStage())];
    }

    public static WindowOutcome Run(WindowCase given, int seed, bool restores = false)
    {
        var runner = new LaneRunner(given, seed, restores);
        foreach (var segment in given.Segments)
        {
            runner.Feed(segment);
        }

        return runner.Outcome();
    }

    internal static BoundedWindowStage Start(BoundedWindowPlan plan, BatchPool pool, DeadLetters deadLetters, StateBudget? memory = null)
    {
        var stage = new BoundedWindowStage(plan, "user");
        stage.Start(new StageContext
        {
            Name = "bound",
            Time = new StoppedClock(),
            Randomness = new SeededRandomSource(1),
            Keys = new InMemoryKeyRing(),
            Pool = pool,
            DeadLetters = deadLetters,
            Metrics = new StageMetrics(),
            Memory = memory ?? StateBudget.Unlimited(),
        });
        return stage;
    }

    internal static EventBatch Batch(BatchPool pool, BoundedWindowPlan plan, IReadOnlyList<PlainRow> rows)
    {
        var batch = pool.RentBatch();
        batch.SelectAll(rows.Count);
        SetNumbers(batch, RowSchema.EventTime, rows, row => row.TimeMs);
        var tokens = pool.RentTokens();
        var texts = plan.GroupBy.Select(field => field.Type == ColumnType.Text ? pool.RentText() : null).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            tokens.Values[i] = rows[i].Token;
            for (var part = 0; part < texts.Length; part++)
            {
                if (texts[part] is { } column)
                {
                    column.Spans[i] = rows[i].Parts[part] is string text ? column.Arena.Append(Encoding.UTF8.GetBytes(text)) : TextSpan.Missing;
                }
            }
        }

        batch.Set(plan.SubjectSlot, tokens);
        for (var part = 0; part < texts.Length; part++)
        {
            var index = part;
            if (texts[part] is { } column)
            {
                batch.Set(plan.GroupBy[part].Slot, column);
            }
            else
            {
                SetNumbers(batch, plan.GroupBy[part].Slot, rows, row => row.Parts[index] as long? ?? Int64Column.Missing);
            }
        }

        for (var measure = 0; measure < plan.Sums.Count; measure++)
        {
            var index = measure;
            SetNumbers(batch, plan.Sums[measure].Slot, rows, row => row.Measures[index] ?? Int64Column.Missing);
        }

        return batch;
    }

    void IOutlet<WindowAggregate>.Push(WindowAggregate element)
    {
        Assert.True(element.Window.EndMs >= _lastEnd, "Windows fire in order of their ends.");
        _lastEnd = element.Window.EndMs;
        if (!_fired.TryAdd(element.Window.StartMs, element))
        {
            _fired[element.Window.StartMs].Merge(element);
        }
    }

    private static void SetNumbers(EventBatch batch, int slot, IReadOnlyList<PlainRow> rows, Func<PlainRow, long> value)
    {
        var column = batch.Pool.RentInt64();
        for (var i = 0; i < rows.Count; i++)
        {
            column.Values[i] = value(rows[i]);
        }

        batch.Set(slot, column);
    }

    private void Feed(Segment segment)
    {
        var rows = segment.Rows.ToArray();
        _random.Shuffle(rows);
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            var mine = rows.Where(row => (int)(row.Token.Low % (ulong)_lanes.Length) == lane).ToArray();
            for (var begin = 0; begin < mine.Length;)
            {
                var size = Math.Min(mine.Length - begin, _random.Next(1, 40));
                _lanes[lane].OnBatch(WithHoles(mine.AsSpan(begin, size)), this);
                begin += size;
                MayRestore(lane);
            }

            _lastEnd = long.MinValue;
            _lanes[lane].OnFrontier(segment.Frontier, this);
            MayRestore(lane);
        }
    }

    private EventBatch WithHoles(ReadOnlySpan<PlainRow> rows)
    {
        var (all, holes) = (new List<PlainRow>(), new List<int>());
        foreach (var row in rows)
        {
            for (; _random.Next(4) == 0; all.Add(row))
            {
                holes.Add(all.Count);
            }

            all.Add(row);
        }

        return Batch(_pool, _case.Plan, all).Without([.. holes]);
    }

    private void MayRestore(int lane)
    {
        if (_restores && _random.Next(3) == 0)
        {
            var writer = new SnapshotWriter();
            _lanes[lane].Snapshot(writer);
            var reader = new SnapshotReader(writer.Written.ToArray());
            _lanes[lane] = NewStage();
            _lanes[lane].Restore(reader);
            Assert.True(reader.IsAtEnd);
        }
    }

    private BoundedWindowStage NewStage() => Start(_case.Plan, _pool, _deadLetters);

    private WindowOutcome Outcome()
    {
        var outcome = new WindowOutcome();
        foreach (var aggregate in _fired.Values)
        {
            outcome.Add(aggregate);
        }

        foreach (var (reason, rows) in _deadLetters.Counts)
        {
            outcome.Count(reason, rows);
        }

        foreach (var lane in _lanes)
        {
            Assert.Equal(0, lane.OpenCount);
            lane.Complete(this);
        }

        Assert.Equal(0, _pool.Outstanding);
        return outcome;
    }
}
