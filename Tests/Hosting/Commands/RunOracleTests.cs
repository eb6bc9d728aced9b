using System.Globalization;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

/// <summary>With next to no noise a run publishes what LINQ counts in the same log.</summary>
public sealed class RunOracleTests : IDisposable
{
    private static readonly string[] NoNoise =
    [
        "--set", "pipeline.account.budget={epsilon=1e6,delta=0.01}",
        "--set", "pipeline.queries.visitors-per-hour.noise.epsilon=5e3",
        "--set", "pipeline.queries.requests-per-status.noise.epsilon=1e4",
        "--set", "pipeline.queries.hits-per-path.noise.epsilon=3e5",
        "--set", "pipeline.queries.hits-per-path.key-selection={epsilon=1e4,delta=0.01}",
    ];

    private static readonly string[] NoBounds =
    [
        "--set", "pipeline.queries.visitors-per-hour.bounds.windows=24",
        "--set", "pipeline.queries.requests-per-status={noise.epsilon=1e4,bounds={groups=4,rows-per-group=100,windows=24}}",
        "--set", "pipeline.queries.hits-per-path.bounds={groups=500,rows-per-group=20}",
    ];

    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("small", 1)]
    [InlineData("small", 3)]
    [InlineData("real", 1)]
    public async Task Unbounded_values_equal_the_oracle(string log, int lanes)
    {
        var path = (log == "real" ? AccessLogs.Real() : null) ?? _program.Write("access.log", AccessLogs.Small());
        var rows = AccessLogs.Parse(await File.ReadAllTextAsync(path));
        var result = await _program.RunLogAsync(path, ["--json", "--lanes", lanes.ToString(CultureInfo.InvariantCulture), .. NoNoise, .. NoBounds]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        var values = result.Values();
        Equal(rows.GroupBy(r => r.Hour).ToDictionary(g => (g.Key, ""), g => g.DistinctBy(r => r.Client).Count()), values, "visitors-per-hour");
        Equal(rows.GroupBy(r => (r.Hour, Class: $"{r.Status / 100}xx")).ToDictionary(g => (g.Key.Hour, g.Key.Class), g => Capped(g, 100)), values, "requests-per-status");

        // Keys of one client only are dropped but for a small chance, so only the others are compared.
        var paths = rows.GroupBy(r => (r.Time.Date, r.Path)).Where(g => g.DistinctBy(r => r.Client).Count() > 1);
        Equal(paths.ToDictionary(g => (g.Key.Date, g.Key.Path), g => Capped(g, 20)), values, "hits-per-path", mayHaveMore: true);
    }

    [Fact]
    public async Task Bounded_visitors_count_in_their_first_two_hours_of_a_day()
    {
        var log = _program.Write("access.log", AccessLogs.Small());
        var rows = AccessLogs.Parse(AccessLogs.Small());
        var values = (await _program.RunLogAsync(log, ["--json", .. NoNoise])).Values();
        var kept = rows.Select(r => (r.Client, r.Hour)).Distinct()
            .GroupBy(r => (r.Client, r.Hour.Date))
            .SelectMany(g => g.OrderBy(r => r.Hour).Take(2));
        Equal(kept.GroupBy(r => r.Hour).ToDictionary(g => (g.Key, ""), g => g.Count()), values, "visitors-per-hour");
    }

    private static int Capped(IEnumerable<LoggedRequest> rows, int most) => rows.GroupBy(r => r.Client).Sum(g => Math.Min(most, g.Count()));

    // Known groups without rows are published too, as zero.
    private static void Equal(
        Dictionary<(DateTime Start, string Group), int> expected, Dictionary<(string Query, string Start, string Group), decimal> values, string query, bool mayHaveMore = false)
    {
        var found = values.Where(pair => pair.Key.Query == query).ToDictionary(pair => (pair.Key.Start, pair.Key.Group), pair => pair.Value);
        Assert.All(expected, pair => Assert.Equal(pair.Value, found[(pair.Key.Start.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), pair.Key.Group)]));
        if (!mayHaveMore)
        {
            Assert.Equal(expected.Values.Sum(), found.Values.Sum());
        }
    }
}
