using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.CustomStages;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.TestKit;
using AkkaPrivacy.TestKit.Stages;
using AkkaPrivacy.Tests.Docs.Examples;
using Xunit;

namespace AkkaPrivacy.Tests.TestKit;

/// <summary>Probes and checks of stages: good ones pass, each bad one is found by the check that is for it.</summary>
public sealed class StageCheckTests
{
    private static readonly (string, ColumnType)[] Columns = [("user", ColumnType.Token), ("page", ColumnType.Text), ("ms", ColumnType.Int64)];

    public static TheoryData<string> Good => ["opening-hours", "filter", "expand", "dedup", "sessions"];

    [Theory]
    [MemberData(nameof(Good))]
    public void Good_stages_pass(string name) => Check(Node(name), cases: 40).All();

    [Theory]
    [InlineData("every-third", "Stability", "declared is one-to-one, at most 1. Noise is planned for 1")]
    [InlineData("renames", "Stability", "declared is one-to-one, at most 1. Noise is planned for 1")]
    [InlineData("thrice", "Stability", "became")]
    [InlineData("next-day", "Stability", "the event time of a row left the day")]
    [InlineData("first-of-batch", "BatchCuts", "depend on how the input is cut into batches")]
    [InlineData("forgetful", "Restarts", "Something that it needs is not in Snapshot")]
    [InlineData("holds-column", "PooledBatches", "after it pushed or disposed of the batch")]
    [InlineData("holds-text", "PooledBatches", "copy what must outlive the call")]
    [InlineData("loses-batches", "PooledBatches", "neither pushed nor disposed of")]
    [InlineData("twice-the-same", "PooledBatches", "It pushed one batch twice")]
    [InlineData("throws", "BatchCuts", "it threw InvalidOperationException")]
    public void A_stage_that_breaks_a_promise_is_found(string name, string check, string expected)
    {
        var of = Check(BadStages.Of(name));

        var failure = Assert.Throws<PipelineAssertionException>(() => Call(of, check));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains($"Stage '{name}'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("forgetful", "Stability")]
    [InlineData("forgetful", "BatchCuts")]
    [InlineData("forgetful", "PooledBatches")]
    [InlineData("every-third", "BatchCuts")]
    [InlineData("holds-column", "Stability", false)]
    public void A_check_finds_what_it_is_for_and_nothing_else(string name, string check, bool passes = true)
    {
        var of = Check(BadStages.Of(name));
        if (passes)
        {
            Call(of, check);
        }
        else
        {
            Assert.Throws<PipelineAssertionException>(() => Call(of, check));
        }
    }

    [Fact]
    public void A_declaration_that_is_large_enough_passes()
    {
        Check(BadStages.Of("thrice", Stability.OneToAtMost(3))).Stability();
        Assert.Throws<PipelineAssertionException>(() => Check(BadStages.Of("thrice", Stability.OneToAtMost(2))).Stability());
        Check(BadStages.Of("every-third", Stability.AcrossSubjects(6))).Stability();
    }

    [Fact]
    public void A_failure_names_its_case_and_comes_again()
    {
        string Fail() => Assert.Throws<PipelineAssertionException>(() => Check(BadStages.Of("every-third")).Stability()).Message;

        Assert.Contains("seed 1, case ", Fail(), StringComparison.Ordinal);
        Assert.Equal(Fail(), Fail());
    }

    [Fact]
    public void A_probe_leads_a_stage_by_hand()
    {
        var probe = new StageProbe(new DedupOperator("user", "page", TimeSpan.FromHours(1)), Columns);
        var pushes = 0;
        probe.OnPush(_ => pushes++);
        Assert.Equal(["ann", "bob"], probe.Push(["2026-03-02T10:00Z", "ann", "x", 1], ["2026-03-02T10:01Z", "ann", "x", 1], ["2026-03-02T10:02Z", "bob", "x", 1]).Select(row => row["user"]));
        var state = probe.Snapshot();
        Assert.Empty(probe.Push(["2026-03-02T10:03Z", "ann", "x", 1]));
        probe.Restore(state);
        Assert.Empty(probe.Push(["2026-03-02T10:03Z", "ann", "x", 1]));
        Assert.Single(probe.Push(["2026-03-02T10:04Z", "ann", "y", null]));
        probe.Barrier("2026-03-02T11:00Z");
        Assert.Empty(probe.Idle());
        Assert.Empty(probe.Complete());
        Assert.True(pushes >= 2);
        Assert.Equal(Stability.OneToOne, probe.Plan.Stability);
        Assert.Equal(1, probe.DeadLetterCounts[DeadLetterReason.Duplicate]);
        Assert.Empty(probe.DeadLetters);
    }

    [Fact]
    public void What_follows_may_fail()
    {
        var probe = new StageProbe(new OpeningHours(8, 18), Columns);
        probe.OnPush(_ => throw new InvalidOperationException("full"));

        Assert.Throws<InvalidOperationException>(() => probe.Push(["2026-03-02T10:00Z", "ann", "x", 1]));
        probe.OnPush(null);
        Assert.Single(probe.Push(["2026-03-02T10:00Z", "ann", "x", 1], ["2026-03-02T07:00Z", "ann", "x", 1]));
        probe.Complete();
    }

    [Fact]
    public void A_session_comes_at_a_barrier()
    {
        var probe = new StageProbe(Node("sessions"), Columns);

        Assert.Empty(probe.Push(["2026-03-02T10:00Z", "ann", "/a", 1], ["2026-03-02T10:10Z", "ann", "/b", 1]));
        var session = Assert.Single(probe.Barrier("2026-03-04T00:00Z", isEnd: true));

        Assert.Equal("ann", session["user"]);
        probe.Complete();
    }

    private static StageCheck Check(RowOperator node, int cases = 100) => new(node, Columns) { Cases = cases, Values = new Dictionary<string, object?[]> { ["page"] = ["/", "/a", "/b", "1 2 3", null] } };

    private static void Call(StageCheck check, string name) => _ = name switch
    {
        "Stability" => check.Stability(),
        "BatchCuts" => check.BatchCuts(),
        "Restarts" => check.Restarts(),
        _ => check.PooledBatches(),
    };

    private static RowOperator Node(string name) => name switch
    {
        "opening-hours" => new OpeningHours(8, 18),
        "filter" => Map.Filter("short", row => row.GetText("page").Length < 3),
        "expand" => Custom.Expand("word", Stability.OneToAtMost(3), (row, values) =>
        {
            foreach (var part in row.GetText("page").Split((byte)' '))
            {
                values.Add(row.GetText("page")[part]);
            }
        }),
        "dedup" => new DedupOperator("user", "page", TimeSpan.FromMinutes(30)),
        _ => new SessionsOperator("user", TimeSpan.FromMinutes(20), TimeSpan.FromHours(4)) { First = ["page"] },
    };
}
