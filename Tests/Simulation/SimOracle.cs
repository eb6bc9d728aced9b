using System.IO.Hashing;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>What must be released, computed the obvious way from plain rows: by query and start of window, the bounded
/// content as text.</summary>
public sealed class SimOracle
{
    private const long Day = 24 * 3_600_000L;
    private readonly SimCase _case;

    public SimOracle(SimCase given)
    {
        _case = given;
        var sound = given.Rows.Where(row => !row.IsWild).ToList();
        foreach (var branch in given.Branches)
        {
            var (size, slide) = ((long)branch.Window.TotalMilliseconds, (long)branch.Slide.TotalMilliseconds);
            long? first = given.Range?.StartMs ?? (sound.Count == 0 ? null : sound.Min(row => row.ArrivalMs));
            long? last = given.Range is { } range ? range.EndMs - 1 : sound.Count == 0 ? null : sound.Max(row => row.ArrivalMs);
            for (var start = first - (first % slide); start <= last; start += slide)
            {
                if (start / Day == (start + size - 1) / Day)
                {
                    Windows.Add((branch, start.Value), []);
                }
            }

            Bound(branch, size, branch.Adapt is null ? Once.SelectMany(row => SimPlainSteps.Through(branch, row)) : []);
            foreach (var ((_, start), groups) in Windows.Where(pair => pair.Key.Branch == branch))
            {
                var content = Text(groups.Select(pair => (pair.Key, pair.Value)));
                foreach (var query in branch.Queries)
                {
                    Expected[(query.Name, start)] = content;
                    if (groups.Count > branch.MaxGroups)
                    {
                        Withheld.Add((query.Name, start));
                    }
                    else if (Seen.GetValueOrDefault((branch, start)) is { } seen && seen.Count > branch.MaxGroups)
                    {
                        MayBeWithheld.Add((query.Name, start));
                    }
                }
            }

            AddTotals(branch);
        }
    }

    public Dictionary<(string Query, long StartMs), string> Expected { get; } = [];

    /// <summary>Windows in which subjects count in more groups than are allowed.</summary>
    public HashSet<(string Query, long StartMs)> Withheld { get; } = [];

    /// <summary>Windows with more groups than are allowed before bounds only: whether these were too many at one moment depends on
    /// the order of rows and on lanes.</summary>
    public HashSet<(string Query, long StartMs)> MayBeWithheld { get; } = [];

    /// <summary>Running totals, by query and start of window.</summary>
    public Dictionary<(string Query, long StartMs), string> Totals { get; } = [];

    /// <summary>The places of rows that are left out for a reason of their own.</summary>
    public HashSet<SimLetter> Letters(bool withQueries)
    {
        var letters = new HashSet<SimLetter>();
        for (var partition = 0; partition < _case.Partitions.Count; partition++)
        {
            var lines = _case.Partitions[partition];
            letters.UnionWith(Enumerable.Range(0, lines.Count).Where(i => lines[i].Row is null).Select(i => new SimLetter(lines[i].Reason, partition, i + 1, "")));
        }

        letters.UnionWith(_case.Rows.Except(InRange).Select(row => Letter(DeadLetterReason.TimeOutOfRange, row, "")));
        letters.UnionWith(LateRows.Select(row => Letter(DeadLetterReason.Late, row, "")));
        letters.UnionWith(EarlyRows.Select(row => Letter(DeadLetterReason.Early, row, "")));
        foreach (var branch in withQueries ? _case.Branches : [])
        {
            // The stages of a branch that is the only one leave rows out for all queries.
            var label = _case.Branches.Count == 1 ? "" : branch.Label;
            letters.UnionWith(OnTime.SelectMany(row => SimPlainSteps.LeftOut(branch, row, failing: true)).Select(row => Letter(DeadLetterReason.StageError, row, label)));
            letters.UnionWith(OnTime.SelectMany(row => SimPlainSteps.LeftOut(branch, row, failing: false)).Select(row => Letter(DeadLetterReason.NotInTable, row, label)));
        }

        return letters;
    }

    /// <summary>The windows of a branch that samples by what was released, by start.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="rates">By what it samples.</param>
    internal Dictionary<long, string> Adapted(SimBranch branch, SimRates rates)
    {
        var windows = Windows.Where(pair => pair.Key.Branch == branch).ToList();
        windows.ForEach(window => window.Value.Clear());
        Bound(branch, (long)branch.Window.TotalMilliseconds, Once.SelectMany(row => SimPlainSteps.Through(branch, row)).SelectMany(rates.Keep));
        return windows.ToDictionary(window => window.Key.Start, window => Text(window.Value.Select(pair => (pair.Key, pair.Value))));
    }

    public long Late => LateRows.Count();

    public long Early => EarlyRows.Count();

    private Dictionary<(SimBranch Branch, long Start), Dictionary<string, long[]>> Windows { get; } = [];

    // Groups of rows before bounds, where their number is limited.
    private Dictionary<(SimBranch Branch, long Start), HashSet<string>> Seen { get; } = [];

    private IEnumerable<SimRow> InRange => _case.Rows.Where(row => _case.Range is not { } range || (row.EventMs >= range.StartMs && row.EventMs < range.EndMs));

    private IEnumerable<SimRow> LateRows => _case.Arrival == ArrivalMode.EventTime ? [] : InRange.Where(row => row.ArrivalMs - row.EventMs > _case.Lateness.TotalMilliseconds);

    private IEnumerable<SimRow> EarlyRows => _case.Arrival == ArrivalMode.EventTime ? [] : InRange.Where(row => row.EventMs - row.ArrivalMs > _case.Skew.TotalMilliseconds);

    private IEnumerable<SimRow> OnTime => InRange.Except(LateRows).Except(EarlyRows);

    private IEnumerable<SimRow> Once => _case.Repeats ? OnTime.DistinctBy(row => (row.User, row.Id)) : OnTime;

    /// <summary>Whether a query's windows depend on what was released before them.</summary>
    public bool IsAdapted(string query) => _case.Branches.Any(branch => branch.Adapt is not null && branch.Queries[0].Name == query);

    public static string Text(IEnumerable<(string Key, long[] Values)> groups) =>
        string.Join(' ', groups.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"[{group.Key}]={string.Join(',', group.Values)}"));

    public static string[] KeyOf(SimRow row, SimBranch branch) => [.. branch.GroupBy.Select(name => name switch
    {
        "section" => row.Section,
        "tier" => row.Tier,
        "parity" => row.Parity,
        "status" => $"{row.Status}",
        _ => row.Page,
    })];

    private static SimLetter Letter(DeadLetterReason reason, SimRow row, string query) => new(reason, row.Place.Partition, row.Place.Line, query);

    // Which groups are kept is the operator's own choice by hash; that there are so many and which subject's is not.
    private static ulong Priority(string user, string[] key, long start) => GroupPriority.Of(
        SimPlainSteps.TokenOf(user), XxHash3.HashToUInt64(key.Length == 0 ? [] : WindowAggregate.EncodeKey(key), GroupTable.StableSeed), start);

    private void Bound(SimBranch branch, long size, IEnumerable<SimRow> through)
    {
        var rows = Sessions(branch, through)
            .Where(row => branch.KnownKeys is null || branch.KnownKeys.Any(key => key.SequenceEqual(KeyOf(row, branch))))
            .SelectMany(row => Enumerable.Range(0, branch.Panes).Select(pane => (Row: row, Start: TimeWindow.FloorTo(row.EventMs, size / branch.Panes) - (pane * size / branch.Panes))))
            .Where(pair => Windows.ContainsKey((branch, pair.Start)))
            .ToList();
        if (branch.MaxGroups is not null)
        {
            rows.GroupBy(pair => pair.Start).ToList().ForEach(window => Seen[(branch, window.Key)] = [.. window.Select(pair => string.Join('|', KeyOf(pair.Row, branch)))]);
        }

        foreach (var subject in rows.GroupBy(pair => (pair.Row.User, Day: pair.Start / Day)))
        {
            foreach (var window in subject.GroupBy(pair => pair.Start).OrderBy(window => window.Key).Take(branch.Windows))
            {
                var groups = window.GroupBy(pair => string.Join('|', KeyOf(pair.Row, branch)));
                foreach (var group in groups.OrderBy(group => Priority(subject.Key.User, KeyOf(group.First().Row, branch), branch.Panes == 1 ? window.Key : window.Key / Day * Day)).Take(branch.Groups))
                {
                    Add(branch, window.Key, group.Key, [.. group.Select(pair => pair.Row)]);
                }
            }
        }
    }

    // A session is a row with its first page, and its number of rows as the measure.
    private static IEnumerable<SimRow> Sessions(SimBranch branch, IEnumerable<SimRow> rows)
    {
        if (branch.Gap is not { } gap)
        {
            return rows;
        }

        var sessions = new List<SimRow>();
        var length = (long)branch.MaxLength.TotalMilliseconds;
        foreach (var subject in rows.GroupBy(row => row.User))
        {
            var last = long.MinValue;
            foreach (var row in subject.OrderBy(row => row.EventMs).ThenBy(row => row.Page, StringComparer.Ordinal))
            {
                if (last != long.MinValue && row.EventMs - last <= gap.TotalMilliseconds && row.EventMs / length == last / length)
                {
                    sessions[^1] = sessions[^1] with { Ms = sessions[^1].Ms + 1 };
                }
                else
                {
                    sessions.Add(row with { Ms = 1 });
                }

                last = row.EventMs;
            }
        }

        return sessions;
    }

    private void Add(SimBranch branch, long start, string key, List<SimRow> rows)
    {
        var groups = Windows[(branch, start)];
        var isWeighted = branch.Queries[0].Kind is 'w' or 'a';
        var hasSum = isWeighted || branch.Queries.Any(query => query.Kind is 's' or 't');
        var values = groups.TryGetValue(key, out var old) ? old : groups[key] = new long[hasSum ? 3 : 2];
        values[0] += Math.Min(rows.Count, branch.RowsPerGroup);
        values[1]++;
        if (hasSum)
        {
            values[2] += isWeighted ? Math.Min(rows.Sum(row => row.Weight), branch.RowsPerGroup * branch.LargestWeight) : Math.Clamp(rows.Sum(row => row.Ms), -2, 120);
        }
    }

    // The counts of the period so far, of all known keys.
    private void AddTotals(SimBranch branch)
    {
        var period = (long)SimBranch.RunningPeriod.TotalMilliseconds;
        foreach (var query in branch.Queries.Where(query => query.Kind == 'r'))
        {
            var windows = Windows.Where(pair => pair.Key.Branch == branch).ToList();
            foreach (var start in windows.Select(window => window.Key.Start))
            {
                var before = windows.Where(window => window.Key.Start <= start && window.Key.Start / period == start / period).ToList();
                Totals[(query.Name, start)] = Text(branch.KnownKeys!.Select(key => string.Join('|', key))
                    .Select(key => (key, new[] { before.Sum(window => window.Value.GetValueOrDefault(key)?[0] ?? 0) })));
            }
        }
    }
}
