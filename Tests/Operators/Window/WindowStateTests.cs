using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Window;

public sealed class WindowStateTests : IOutlet<WindowAggregate>
{
    private readonly BatchPool _pool = new();
    private int _fired;

    [Fact]
    public void Damaged_state_is_refused_or_harmless()
    {
        var refused = 0;
        for (var seed = 1; seed <= 150; seed++)
        {
            var given = WindowCase.Draw(seed);
            var stored = Stored(given);
            var random = new Random(seed);
            for (var run = 0; run < 20; run++)
            {
                refused += Refuses(given, Damage(stored, random), seed) ? 1 : 0;
            }
        }

        Assert.True(refused > 500, $"{refused} of 3000 damaged states were refused.");
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        var given = WindowCase.Draw(7);
        var stored = Stored(given);
        for (var length = 0; length < stored.Length; length++)
        {
            Assert.True(Refuses(given, stored[..length], 7), $"A state cut to {length} of {stored.Length} bytes was taken up.");
        }
    }

    [Fact]
    public void State_of_another_plan_is_refused()
    {
        var given = WindowCase.Draw(11);
        var stored = Stored(given);
        var other = given with { Plan = given.Plan with { Bounds = given.Plan.Bounds with { RowsPerGroup = given.Plan.Bounds.RowsPerGroup + 1 } } };
        Assert.True(Refuses(other, stored, 11));
        Assert.False(Refuses(given with { Plan = given.Plan with { Group = "renamed" } }, stored, 11));
    }

    void IOutlet<WindowAggregate>.Push(WindowAggregate element)
    {
        for (var i = 0; i < element.Count; i++)
        {
            Assert.Equal(element.KeyParts, element.KeyText(i).Length);
        }

        _fired++;
    }

    private static byte[] Damage(byte[] stored, Random random)
    {
        byte[] damaged = [.. stored];
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(damaged.Length);
            damaged[at] = random.Next(3) switch
            {
                0 => (byte)(damaged[at] ^ (1 << random.Next(8))),
                1 => 0xFF,
                _ => (byte)random.Next(256),
            };
        }

        return random.Next(10) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    private byte[] Stored(WindowCase given)
    {
        var stage = LaneRunner.Start(given.Plan, _pool, new DeadLetters());
        foreach (var segment in given.Segments.SkipLast(1))
        {
            stage.OnBatch(LaneRunner.Batch(_pool, given.Plan, segment.Rows), this);
            stage.OnFrontier(segment.Frontier with { FireUpToMs = segment.Frontier.FireUpToMs == long.MinValue ? long.MinValue : segment.Frontier.FireUpToMs - (2 * given.Plan.WindowMs) }, this);
        }

        var writer = new SnapshotWriter();
        stage.Snapshot(writer);
        return writer.Written.ToArray();
    }

    // A state that is taken up must work: more rows, another snapshot and firing do not fail.
    private bool Refuses(WindowCase given, byte[] state, int seed)
    {
        var stage = LaneRunner.Start(given.Plan, _pool, new DeadLetters());
        try
        {
            stage.Restore(new SnapshotReader(state));
        }
        catch (SnapshotException)
        {
            return true;
        }

        foreach (var segment in given.Segments)
        {
            stage.OnBatch(LaneRunner.Batch(_pool, given.Plan, segment.Rows), this);
        }

        stage.Snapshot(new SnapshotWriter());
        stage.OnFrontier(new Frontier(long.MinValue, long.MaxValue, true), this);
        Assert.True(stage.OpenCount == 0, $"Seed {seed}");
        Assert.Equal(0, _pool.Outstanding);
        return false;
    }
}
