using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.Tests.Support;
using Xunit;
using PlanGraphs = AkkaPrivacy.Tests.Engine.Planning.Graphs;

namespace AkkaPrivacy.Tests.Operators.Sessions;

public sealed class SessionsStageTests : IOutlet<EventBatch>
{
    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("page", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("status", ColumnType.Int64, FieldClass.Attribute));

    private readonly BatchPool _pool = new();
    private readonly DeadLetters _deadLetters = new();
    private readonly List<string> _sessions = [];

    [Fact]
    public void Rows_are_joined_by_pauses_of_at_most_the_gap_and_cut_by_spans()
    {
        var stage = Start();
        Feed(stage, (10_000, 1, "/a", 200), (15_000, 1, "/b", 404), (20_001, 1, "/c", 200), (59_999, 1, "/d", 200), (60_000, 1, "/e", null), (12_000, 2, null, 7));
        stage.OnFrontier(new Frontier(0, 60_000, false), this);
        Assert.Equal(["1@10000+5000 x2 /a..404", "1@20001+0 x1 /c..200", "1@59999+0 x1 /d..200", "2@12000+0 x1 ..7"], _sessions.Order());
        _sessions.Clear();
        stage.OnFrontier(new Frontier(0, 60_000, true), this);
        Assert.Equal(["1@60000+0 x1 /e.."], _sessions);
        Assert.Equal(0, stage.Count);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Any_order_batches_and_restarts_give_the_same_sessions()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            var random = new Random(seed);
            (long, int, string?, long?)[] rows = [.. Enumerable.Range(0, random.Next(1, 80)).Select(_ => (random.NextInt64(0, 180) * 1000, random.Next(1, 4), (string?)$"/{random.Next(3)}", (long?)random.Next(3)))];
            var expected = Run(rows, random, restores: false);
            random.Shuffle(rows);
            Assert.Equal(expected, Run(rows, random, restores: true));
        }
    }

    [Fact]
    public void Rows_of_a_span_that_was_let_go_are_dead_letters()
    {
        var stage = Start();
        Feed(stage, (10_000, 1, "/a", 1));
        stage.OnFrontier(new Frontier(0, 30_000, false), this);
        Feed(stage, (40_000, 1, "/a", 1), (60_000, 1, "/a", 1));
        Assert.Equal(1, _deadLetters.Counts[DeadLetterReason.AfterFiring]);
        Assert.Equal(1, stage.Count);
    }

    [Fact]
    public void One_session_too_many_ends_the_run_and_quotes_nothing()
    {
        var stage = Start(maxSessions: 2);
        Feed(stage, (1, 1, "/a", 1), (1, 2, "/a", 1));
        var ended = Assert.Throws<PipelineException>(() => Feed(stage, (1, 3, "/secret", 1)));
        Assert.DoesNotContain("secret", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_state_is_refused()
    {
        var stage = Start();
        Feed(stage, (10_000, 1, "/a", 200), (15_000, 2, "/b", 404));
        var writer = new SnapshotWriter();
        stage.Snapshot(writer);
        for (var length = 0; length < writer.Written.Length; length++)
        {
            var cut = writer.Written[..length];
            Assert.Throws<SnapshotException>(() => Start().Restore(new SnapshotReader(cut)));
        }
    }

    [Theory]
    [InlineData("page", 5, 60, "page", "'page' is no token")]
    [InlineData("user", 0, 60, "page", "gap")]
    [InlineData("user", 61, 60, "page", "gap")]
    [InlineData("user", 5, 0, "page", "max-length")]
    [InlineData("user", 5, 60, "user", "is a token")]
    [InlineData("user", 5, 60, "nothing", "no field 'nothing'")]
    public void Impossible_options_are_refused(string subject, int gap, int length, string first, string message)
    {
        var errors = new PlanErrors();
        Assert.Null(new SessionsOperator(subject, TimeSpan.FromSeconds(gap), TimeSpan.FromSeconds(length)) { First = [first] }.Plan(Schema, errors));
        Assert.Contains(errors.All, error => error.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Spans_must_not_cross_accounting_periods_and_hold_windows_back()
    {
        var graph = PlanGraphs.Of(Sessions(hours: 7), PlanGraphs.Bound(), PlanGraphs.Hour, PlanGraphs.Users, new AkkaPrivacy.Operators.Noise.LaplaceNoise(1), PlanGraphs.Store);
        Assert.Contains(PlanGraphs.Errors(graph), error => error.Message.Contains("must divide the accounting period", StringComparison.Ordinal));
        var plan = PipelinePlanner.Plan(graph with { Nodes = graph.Nodes.SetItem(3, Sessions(hours: 12)) });
        Assert.Equal(12 * 3_600_000, plan.Branches[0].Bounded.HoldMs);
        Assert.Equal("sessions", plan.Branches[0].Rows[0].Plan.Description[..8]);
    }

    void IOutlet<EventBatch>.Push(EventBatch element)
    {
        using (element)
        {
            for (var row = 0; row < element.Count; row++)
            {
                var start = element.Int64(RowSchema.EventTime).Values[row];
                var status = element.Int64(8).Values[row];
                _sessions.Add($"{element.Tokens(2).Values[row].Low}@{start}+{element.Int64(5).Values[row]} x{element.Int64(6).Values[row]} {Encoding.UTF8.GetString(element.Text(7)[row])}..{(status == Int64Column.Missing ? null : status)}");
            }
        }
    }

    private static SessionsOperator Sessions(int hours) => new("user", TimeSpan.FromMinutes(30), TimeSpan.FromHours(hours));

    private string[] Run((long, int, string?, long?)[] rows, Random random, bool restores)
    {
        _sessions.Clear();
        var stage = Start();
        foreach (var part in rows.Chunk(random.Next(1, 20)))
        {
            Feed(stage, part);
            if (restores && random.Next(2) == 0)
            {
                var writer = new SnapshotWriter();
                stage.Snapshot(writer);
                stage = Start();
                stage.Restore(new SnapshotReader(writer.Written));
            }
        }

        stage.OnFrontier(new Frontier(0, 90_000, false), this);
        stage.OnFrontier(new Frontier(0, 180_000, true), this);
        return [.. _sessions.Order()];
    }

    private SessionsStage Start(int maxSessions = 100)
    {
        var plan = new SessionsOperator("user", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)) { First = ["page"], Last = ["status"], MaxSessions = maxSessions }.Plan(Schema, new PlanErrors())!;
        var stage = (SessionsStage)plan.Create();
        stage.Start(new StageContext
        {
            Name = "sessions",
            Time = new StoppedClock(),
            Randomness = new SeededRandomSource(1),
            Keys = new InMemoryKeyRing(),
            Pool = _pool,
            DeadLetters = _deadLetters,
            Metrics = new StageMetrics(),
        });
        return stage;
    }

    private void Feed(SessionsStage stage, params (long Time, int User, string? Page, long? Status)[] rows)
    {
        var batch = _pool.RentBatch();
        batch.SelectAll(rows.Length);
        var (times, status, tokens, pages) = (_pool.RentInt64(), _pool.RentInt64(), _pool.RentTokens(), _pool.RentText());
        for (var i = 0; i < rows.Length; i++)
        {
            times.Values[i] = rows[i].Time;
            status.Values[i] = rows[i].Status ?? Int64Column.Missing;
            tokens.Values[i] = new Token((ulong)rows[i].User, 1);
            pages.Spans[i] = rows[i].Page is { } page ? pages.Arena.Append(Encoding.UTF8.GetBytes(page)) : TextSpan.Missing;
        }

        batch.Set(RowSchema.EventTime, times);
        batch.Set(2, tokens);
        batch.Set(3, pages);
        batch.Set(4, status);
        stage.OnBatch(batch, this);
    }
}
