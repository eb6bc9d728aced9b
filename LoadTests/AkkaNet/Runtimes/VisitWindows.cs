using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.LoadTests.AkkaNet.Runtimes;

/// <summary>The windows of the hand-written stream: what each user did on each page, until the event time has passed a
/// window's end and the time allowed for late events. Then each user counts on the same pages as in the engine, by the
/// same order, so that the counts are equal.</summary>
internal sealed class VisitWindows
{
    private const long LatenessMs = 10_000;
    private static readonly long LengthMs = (long)PipelineJob.Window.TotalMilliseconds;
    private readonly SortedDictionary<long, Dictionary<Token, List<Visits>>> _open = [];
    private long _latestMs = long.MinValue;

    /// <summary>Takes an event.</summary>
    /// <param name="visit">The event, or the end.</param>
    /// <returns>The windows that are over; none mostly.</returns>
    public IEnumerable<PageWindow> Add(PseudonymousVisit visit)
    {
        if (!ReferenceEquals(visit, PseudonymousVisit.End))
        {
            Count(visit);
        }

        if (visit.TimeMs <= _latestMs)
        {
            return [];
        }

        _latestMs = visit.TimeMs;
        return _open.Count > 0 && IsOver(_open.First().Key) ? TakeOver() : [];
    }

    private void Count(PseudonymousVisit visit)
    {
        var start = visit.TimeMs - (visit.TimeMs % LengthMs);
        if (!_open.TryGetValue(start, out var users))
        {
            if (IsOver(start))
            {
                return;
            }

            _open.Add(start, users = []);
        }

        ref var pages = ref CollectionsMarshal.GetValueRefOrAddDefault(users, visit.Token, out _);
        pages ??= new List<Visits>(2);
        foreach (ref var seen in CollectionsMarshal.AsSpan(pages))
        {
            if (seen.Page == visit.Page)
            {
                seen.Times++;
                return;
            }
        }

        pages.Add(new Visits { Page = visit.Page, Times = 1 });
    }

    private bool IsOver(long startMs) => startMs + LengthMs + LatenessMs <= _latestMs;

    private List<PageWindow> TakeOver()
    {
        var over = _open.Where(window => IsOver(window.Key)).ToList();
        over.ForEach(window => _open.Remove(window.Key));
        return [.. over.Select(window => new PageWindow(window.Key, [.. Bounded(window.Key, window.Value)]))];
    }

    private static Dictionary<string, long> Bounded(long startMs, Dictionary<Token, List<Visits>> users)
    {
        var counts = new Dictionary<string, long>();
        foreach (var (token, pages) in users)
        {
            if (pages.Count > PipelineJob.PagesPerUser)
            {
                pages.Sort((x, y) => Priority(token, x, startMs).CompareTo(Priority(token, y, startMs)));
                pages.RemoveRange(PipelineJob.PagesPerUser, pages.Count - PipelineJob.PagesPerUser);
            }

            foreach (var page in pages)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, page.Page, out _) += Math.Min(page.Times, PipelineJob.CountsPerPage);
            }
        }

        return counts;
    }

    private static ulong Priority(Token token, Visits page, long startMs) =>
        GroupPriority.Of(token, XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(page.Page), GroupTable.StableSeed), startMs);

    private struct Visits
    {
        public string Page;
        public int Times;
    }
}
