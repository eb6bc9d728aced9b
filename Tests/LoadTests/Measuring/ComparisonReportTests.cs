using AkkaPrivacy.LoadTests.Measuring;
using Xunit;

namespace AkkaPrivacy.Tests.LoadTests.Measuring;

public sealed class ComparisonReportTests
{
    [Fact]
    public void RatiosAreMediansOverTheRounds()
    {
        var report = new ComparisonReport("race", "Run.",
        [
            Result("hare", ContenderRole.Subject, 90, 100, 1000),
            Result("fox", ContenderRole.Variant, 50, 50, 50),
            Result("tortoise", ContenderRole.Baseline, 1, 4, 25),
        ]);

        Assert.Equal([("tortoise", 40.0)], report.Ratios());
        Assert.Equal([("tortoise", 12.5)], report.RatiosOf(report.Results[1]));
        Assert.Empty(report.RatiosOf(report.Results[2]));
    }

    [Fact]
    public void WithoutASubjectThereAreNoRatios() =>
        Assert.Empty(new ComparisonReport("race", "Run.", [Result("tortoise", ContenderRole.Baseline, 1)]).Ratios());

    [Fact]
    public void EachRoundMeasuresEveryContender()
    {
        int calls = 0;
        IReadOnlyList<ContenderResult> results = Rounds.Run(
            [new Contender("one", ContenderRole.Subject, () => ++calls), new Contender("other", ContenderRole.Baseline, () => 10)],
            TimeSpan.FromMilliseconds(5));

        Assert.All(results, result => Assert.Equal(Rounds.Count, result.Samples.Count));
        Assert.All(results, result => Assert.True(result.PerSecond > 0 && result.PeakMemoryBytes > 0));
        Assert.True(calls > Rounds.Count);
    }

    private static ContenderResult Result(string name, ContenderRole role, params long[] rates) =>
        new(new Contender(name, role, () => 1), [.. rates.Select(rate => new Sample(rate, TimeSpan.FromSeconds(1), TimeSpan.Zero, 0, 0))]);
}
