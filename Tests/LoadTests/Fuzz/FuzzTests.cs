using AkkaPrivacy.LoadTests.Fuzz;
using Xunit;

namespace AkkaPrivacy.Tests.LoadTests.Fuzz;

/// <summary>The short form of <c>fuzz</c>: damaged inputs for everything that reads bytes.</summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Damaged_inputs_are_refused_or_read_and_nothing_else(string name)
    {
        var result = FuzzRun.Run(FuzzTargets.All.Single(target => target.Name == name), seed: 11, first: 0, inputs: 1500, number => Environment.FailFast($"fuzz {name}: input {number} of seed 11 does not end"));
        Assert.True(result.Faults.Count == 0, string.Join('\n', result.Faults));
        Assert.InRange(result.Sound, 10, 1490);
    }

    [Fact]
    public void An_input_depends_on_its_seed_and_number_alone()
    {
        var target = FuzzTargets.All[0];
        var (one, other) = (new Mutator(target, 3), new Mutator(target, 3));
        _ = one.Input(5);
        Assert.Equal(other.Input(6), one.Input(6));
        Assert.NotEqual(new Mutator(target, 4).Input(6), one.Input(6));
    }
}
