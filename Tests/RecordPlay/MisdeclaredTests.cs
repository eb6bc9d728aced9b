using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>What does not keep its word is found, and the seed is told.</summary>
public sealed class MisdeclaredTests(ITestOutputHelper output)
{
    private const int MostSeeds = 5000;
    private const int MostPairs = 60;

    public static TheoryData<string> Breaks => [.. Misdeclared.Names];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_pipeline_that_declares_too_little_is_found(string name)
    {
        string? fault = null;
        var broken = Misdeclared.Of(name);
        foreach (var given in Enumerable.Range(1, MostSeeds).Select(seed => PlayCase.Draw(seed, broken.IsOfTotals)).Where(broken.Shows).Take(MostPairs))
        {
            fault = await Duel.FaultAsync(given, broken, new Tightness());
            if (fault is not null)
            {
                break;
            }
        }

        Assert.True(fault is not null, $"{name} was not found in {MostPairs} pairs of streams.");
        Assert.Contains("Replay: AKKAPRIVACY_PLAY_FIRST=", fault, StringComparison.Ordinal);
        output.WriteLine(fault);
    }
}
