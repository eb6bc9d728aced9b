using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>What must be released, computed the obvious way from plain rows: by query and start of window, the bounded
/// content as text.</summary>
public sealed class SimOracle
{
    private const long Day = 24 * 3_600_000L;
    private static readonly byte[] Key = InMemoryKeyRing.Derive("secret of a test", "analytics");
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

            Bound(branch, size);
            foreach (var ((_, start), groups) in Windows.Where(pair => pair.Key.Branch == branch))
            {
                var content = Text(groups.Select(pair => (pair.Key, pair.Value)));
                foreach (var query in branch.Queries)
                {
                    Expected[(query.Name, start)] = content;
                }
            }
        }
    }

    public Dictionary<(string Query, long StartMs), string> Expected { get; } = [];

    public long Late => _case.Arrival == ArrivalMode.EventTime ? 0 : InRange.Count(row => row.ArrivalMs - row.EventMs > _case.Lateness.TotalMilliseconds);

    public long Early => _case.Arrival == ArrivalMode.EventTime ? 0 : InRange.Count(row => row.EventMs - row.ArrivalMs > _case.Skew.TotalMilliseconds);

    private Dictionary<(SimBranch Branch, long Start), Dictionary<string, long[]>> Windows { get; } = [];

    private IEnumerable<SimRow> InRange => _case.Rows.Where(row => _case.Range is not { } range || (row.EventMs >= range.StartMs && row.EventMs < range.EndMs));

    private IEnumerable<SimRow> OnTime => InRange.Where(row => _case.Arrival == ArrivalMode.EventTime
        || (row.ArrivalMs - row.EventMs <= _case.Lateness.TotalMilliseconds && row.EventMs - row.ArrivalMs <= _case.Skew.TotalMilliseconds));

    private IEnumerable<SimRow> Once => _case.Repeats ? OnTime.DistinctBy(row => (row.User, row.Id)) : OnTime;

    public static string Text(IEnumerable<(string Key, long[] Values)> groups) =>
        string.Join(' ', groups.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"[{group.Key}]={string.Join(',', group.Values)}"));

    private static string[] KeyOf(SimRow row, SimBranch branch) => [.. branch.GroupBy.Select(name => name is "page" or "first-page" ? row.Page : $"{row.Status}")];

    private static Token TokenOf(string user)
    {
        var digest = HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(user));
        return new Token(BitConverter.ToUInt64(digest, 0), BitConverter.ToUInt64(digest, 8));
    }

    // Which groups are kept is the operator's own choice by hash; that there are so many and which subject's is not.
    private static ulong Priority(string user, string[] key, long start) => GroupPriority.Of(
        TokenOf(user), XxHash3.HashToUInt64(key.Length == 0 ? [] : WindowAggregate.EncodeKey(key), GroupTable.StableSeed), start);

    private void Bound(SimBranch branch, long size)
    {
        var rows = Sessions(branch, Once.Where(row => !branch.WithoutErrors || row.Status < 500).SelectMany(row => Shaped(branch, row)))
            .Where(row => branch.KnownKeys is null || branch.KnownKeys.Any(key => key.SequenceEqual(KeyOf(row, branch))))
            .SelectMany(row => Enumerable.Range(0, branch.Panes).Select(pane => (Row: row, Start: TimeWindow.FloorTo(row.EventMs, size / branch.Panes) - (pane * size / branch.Panes))))
            .Where(pair => Windows.ContainsKey((branch, pair.Start)));
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

    private static IEnumerable<SimRow> Shaped(SimBranch branch, SimRow row) => branch.Shape switch
    {
        'e' => row.Page == "/c" ? [] : [row, row with { Page = "/x" }],
        's' => row.Status <= 301 ? [row] : [],
        'o' => row.Status > 301 ? [row] : [],
        _ => [row],
    };

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
        var hasSum = branch.Queries.Any(query => query.Kind == 's');
        var values = groups.TryGetValue(key, out var old) ? old : groups[key] = new long[hasSum ? 3 : 2];
        values[0] += Math.Min(rows.Count, branch.RowsPerGroup);
        values[1]++;
        if (hasSum)
        {
            values[2] += Math.Clamp(rows.Sum(row => row.Ms), -2, 120);
        }
    }
}
