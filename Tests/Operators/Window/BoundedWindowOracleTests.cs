using Xunit;

namespace AkkaPrivacy.Tests.Operators.Window;

public sealed class BoundedWindowOracleTests
{
    [Fact]
    public void Any_order_lanes_batches_and_selections_give_what_the_oracle_gives() => Compare(2000, restores: false);

    [Fact]
    public void Storing_and_restoring_at_any_point_changes_nothing() => Compare(1000, restores: true);

    private static void Compare(int cases, bool restores)
    {
        for (var seed = 1; seed <= cases; seed++)
        {
            var given = WindowCase.Draw(seed);
            var expected = new WindowOracle(given).Outcome.ToString();
            for (var run = 0; run < 2; run++)
            {
                var actual = LaneRunner.Run(given, (7919 * seed) + run, restores).ToString();
                Assert.True(expected == actual, $"Seed {seed}, run {run}, restores {restores}:\n{given.Plan}\nexpected\n{expected}\nactual\n{actual}");
            }
        }
    }
}
