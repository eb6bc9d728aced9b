using System.Text.Json;
using AkkaPrivacy.LoadTests.Coverage;
using Xunit;

namespace AkkaPrivacy.Tests.LoadTests.Coverage;

public sealed class CoverageTests
{
    [Fact]
    public async Task AFewRunsReportEveryQueryAndCoverAsStated()
    {
        var report = await CoverageRun.RunAsync(3, 3000, default);

        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(3 * 72, json.RootElement.GetProperty("queries").GetProperty("page-views").GetProperty("intervals").GetInt32());
        // 234 intervals with a chance of at least 95 %: fewer than 85 % happens once in 10^8 runs of this test.
        Assert.InRange(report.Share, 0.85, 1);
    }
}
