using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>What does not keep its word is found, and the seed is told.</summary>
public sealed class MisdeclaredTests(ITestOutputHelper output)
{
    private const int MostSeeds = 200;

    public static TheoryData<string> Breaks => [.. Misdeclared.Names];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_pipeline_that_declares_too_little_is_found(string name)
    {
        string? fault = null;
        for (var seed = 1; fault is null && seed <= MostSeeds; seed++)
        {
            fault = await Duel.FaultAsync(PlayCase.Draw(seed), Misdeclared.Of(name), new Tightness());
        }

        Assert.True(fault is not null, $"{name} was not found in {MostSeeds} pairs of streams.");
        Assert.Contains("Replay: AKKAPRIVACY_PLAY_FIRST=", fault, StringComparison.Ordinal);
        output.WriteLine(fault);
    }
}
