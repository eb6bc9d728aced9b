using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.TestKit.Rows;
using AkkaPrivacy.TestKit.Running;
using AkkaPrivacy.TestKit.Tracing;

namespace AkkaPrivacy.TestKit.Assertions;

/// <summary>What is said of a query over all its windows. Every method returns the same object or throws
/// <see cref="PipelineAssertionException"/>.</summary>
public sealed class QueryAssertions
{
    private readonly PipelineTest _test;
    private readonly QueryPlan _query;
    private readonly BranchContributions _measured;

    internal QueryAssertions(PipelineTest test, QueryPlan query, BranchContributions measured) => (_test, _query, _measured) = (test, query, measured);

    private IEnumerable<FiredRelease> FiredReleases => _test.Fired.Where(release => release.Id.Query == _query.Name);

    private int MaxGroups => Max(_measured.Contributions.GroupBy(one => (one.Subject, one.Window)).Select(group => (long)group.Count()));

    private int MaxRows => Max(_measured.Contributions.Select(one => one.Rows));

    private int MaxWindows => Max(_measured.Contributions
        .GroupBy(one => (one.Subject, Period: TimeWindow.FloorTo(one.Window.StartMs, _query.Bounded.PeriodMs)))
        .Select(group => (long)group.Select(one => one.Window).Distinct().Count()));

    /// <summary>Exactly these windows have fired so far.</summary>
    /// <param name="starts">Their starts in any order, as <c>2026-03-02T10:00Z</c>.</param>
    /// <returns>This.</returns>
    public QueryAssertions FiredExactly(params string[] starts)
    {
        var expected = starts.Select(Instants.Parse).Order().ToList();
        var actual = FiredReleases.Select(release => release.Id.Window.Start).Order().ToList();
        return Require(expected.SequenceEqual(actual), () =>
            $"Query '{_query.Name}': expected the windows from {Text(expected)} to have fired, but those from {Text(actual)} have. Missing: {Text(expected.Except(actual))}; not expected: {Text(actual.Except(expected))}. {_test.FiringRule}");
    }

    /// <summary>No more than the declared bounds comes through of any subject, as the stage itself measures it when it is given one
    /// subject at a time; and the windows are the sum of their subjects' parts, so that no subject bears on another's.</summary>
    /// <returns>This.</returns>
    public QueryAssertions BoundsHold()
    {
        var bounds = _query.Bounded.Bounds;
        Require(MaxGroups <= bounds.Groups, () => Beyond("groups of a window", MaxGroups, bounds.Groups));
        Require(MaxRows <= bounds.RowsPerGroup, () => Beyond("rows of a group", MaxRows, bounds.RowsPerGroup));
        Require(MaxWindows <= bounds.Windows, () => Beyond("windows of a period", MaxWindows, bounds.Windows));
        for (var i = 0; i < _query.Bounded.Sums.Count; i++)
        {
            var sum = _query.Bounded.Sums[i];
            foreach (var one in _measured.Contributions.Where(one => one.Sums[i] < sum.Lower || one.Sums[i] > sum.Upper))
            {
                throw new PipelineAssertionException($"Query '{_query.Name}', window {one.Window}, group '{Shown(one.Key)}': a subject's sum of '{sum.Field}' counts as {one.Sums[i]} units, outside the declared {sum.Lower} to {sum.Upper}.");
            }
        }

        foreach (var release in FiredReleases.Where(release => !release.IsGivenUp))
        {
            CheckSum(release);
        }

        return this;
    }

    /// <summary>The most that any subject contributes, as measured. Values below the declared bounds say that noise is planned for
    /// more than the rows of this test need.</summary>
    /// <param name="groups">Groups of a window; null is not checked.</param>
    /// <param name="rowsPerGroup">Rows of a group; null is not checked.</param>
    /// <param name="windows">Windows of a period; null is not checked.</param>
    /// <returns>This.</returns>
    public QueryAssertions MostOfAnySubject(int? groups = null, int? rowsPerGroup = null, int? windows = null)
    {
        Require(groups is null || groups == MaxGroups, () => Measured("groups of a window", groups!.Value, MaxGroups));
        Require(rowsPerGroup is null || rowsPerGroup == MaxRows, () => Measured("rows of a group", rowsPerGroup!.Value, MaxRows));
        return Require(windows is null || windows == MaxWindows, () => Measured("windows of a period", windows!.Value, MaxWindows));
    }

    /// <summary>How many rows had a fate in this query; a row of several windows has it when it has it in any.</summary>
    /// <param name="fate">The fate.</param>
    /// <param name="rows">How many rows.</param>
    /// <returns>This.</returns>
    public QueryAssertions Rows(RowFate fate, int rows)
    {
        var verdicts = _test.Judge(_query.Name);
        var actual = verdicts.Where(verdict => verdict.Fate == fate).Select(verdict => verdict.Row).Distinct().ToList();
        return Require(actual.Count == rows, () =>
            $"Query '{_query.Name}': expected {rows} rows of fate {fate}, but there are {actual.Count}.{Explanation.OfFate(verdicts.Where(verdict => verdict.Fate != RowFate.Counts || fate == RowFate.Counts))}");
    }

    /// <summary>What became of one row in this query.</summary>
    /// <param name="row">Its number, from 1.</param>
    /// <param name="fate">The fate; a row of several windows has it when it has it in any.</param>
    /// <returns>This.</returns>
    public QueryAssertions Row(int row, RowFate fate)
    {
        var verdicts = _test.Judge(_query.Name).Where(verdict => verdict.Row == row).ToList();
        return Require(verdicts.Any(verdict => verdict.Fate == fate), () => verdicts.Count == 0
            ? $"Query '{_query.Name}': there is no row {row}; {_test.RowCount} rows were given."
            : $"Query '{_query.Name}', row {row}: expected {fate}, but {string.Join("; ", verdicts.Select(verdict => $"{verdict.Fate}: {verdict.Why}{(verdict.Window is { } window ? $" (window {window}, group '{Shown(verdict.Key!)}')" : string.Empty)}"))}.");
    }

    private static int Max(IEnumerable<long> values) => (int)values.DefaultIfEmpty(0).Max();

    private static string Shown(string key) => key.Replace('\u001f', '|');

    private static string Text(IEnumerable<DateTimeOffset> times) => times.Any() ? string.Join(", ", times.Select(Instants.Text)) : "none";

    private static long Part(Contribution one, int column) => column switch
    {
        -2 => one.Rows,
        -1 => 1,
        _ => one.Sums[column],
    };

    private static long Part(GroupTotal? total, int column) => total is null ? 0 : column switch
    {
        -2 => total.Rows,
        -1 => total.Subjects,
        _ => total.Sums[column],
    };

    private string Beyond(string what, int actual, int declared) => $"Query '{_query.Name}': a subject counts in {actual} {what}, but {declared} are declared, and noise is planned for {declared}.";

    private string Measured(string what, int expected, int actual) => $"Query '{_query.Name}': expected the most of any subject to be {expected} {what}, but measured are {actual}.";

    private void CheckSum(FiredRelease release)
    {
        var ofSubjects = _measured.Contributions.Where(one => one.Window == release.Id.Window).ToLookup(one => one.Key);
        foreach (var key in release.Totals.Keys.Union(ofSubjects.Select(group => group.Key)))
        {
            for (var column = -2; column < _query.Bounded.ColumnCount; column++)
            {
                var (sum, total) = (ofSubjects[key].Sum(one => Part(one, column)), Part(release.Totals.GetValueOrDefault(key), column));
                Require(sum == total, () => $"Query '{_query.Name}', window {release.Id.Window}, group '{Shown(key)}': the window holds {total} where its subjects, each by itself, make {sum}. The bounds of one subject depend on the rows of another, so they do not bound what it changes.");
            }
        }
    }

    private QueryAssertions Require(bool holds, Func<string> message) => holds ? this : throw new PipelineAssertionException(message());
}
