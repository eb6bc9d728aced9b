using System.Globalization;
using System.Text.Json;
using AkkaPrivacy.Hosting.Demo;

namespace AkkaPrivacy.LoadTests.Coverage;

/// <summary>How many intervals covered the bounded true value, by query.</summary>
/// <param name="runs">Number of runs.</param>
/// <param name="events">Events of each run.</param>
internal sealed class CoverageReport(int runs, int events)
{
    /// <summary>The least share of intervals that must cover.</summary>
    public const double Least = 0.90;

    /// <summary>The largest share; intervals that cover more often are wider than they say.</summary>
    public const double Most = 0.99;

    private readonly SortedDictionary<string, (long Covered, long Intervals)> _queries = [];

    /// <summary>All intervals.</summary>
    public long Intervals => _queries.Values.Sum(query => query.Intervals);

    /// <summary>Those that cover.</summary>
    public long Covered => _queries.Values.Sum(query => query.Covered);

    /// <summary>The share of intervals that cover; not a number without intervals.</summary>
    public double Share => (double)Covered / Intervals;

    /// <summary>Whether the share lies within <see cref="Least"/> and <see cref="Most"/>.</summary>
    public bool IsGood => Share is >= Least and <= Most;

    /// <summary>Adds a run.</summary>
    /// <param name="result">What it published.</param>
    public void Add(DemoResult result)
    {
        foreach (var value in result.Values)
        {
            var (covered, intervals) = _queries.GetValueOrDefault(value.Query);
            _queries[value.Query] = (covered + (value.IsCovered ? 1 : 0), intervals + 1);
        }
    }

    /// <summary>Writes the report for people.</summary>
    /// <param name="output">Where to.</param>
    public void Write(TextWriter output)
    {
        foreach (var (query, (covered, intervals)) in _queries)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{query,-20} {covered,9} of {intervals,9} intervals cover  {(double)covered / intervals:0.0000}"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"all",-20} {Covered,9} of {Intervals,9} intervals cover  {Share:0.0000}  {(IsGood ? "good" : "BAD")}: {Least:0.00} to {Most:0.00} is allowed, over {runs} runs of {events} events"));
    }

    /// <summary>The report for programs.</summary>
    /// <returns>One JSON object.</returns>
    public string ToJson() => JsonSerializer.Serialize(new
    {
        name = "coverage",
        runs,
        events,
        intervals = Intervals,
        covered = Covered,
        share = double.IsNaN(Share) ? (double?)null : Share,
        good = IsGood,
        queries = _queries.ToDictionary(query => query.Key, query => new { covered = query.Value.Covered, intervals = query.Value.Intervals }),
    });
}
