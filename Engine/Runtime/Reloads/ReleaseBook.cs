using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>What a store holds of the releases of an account: names of queries with the plans they stood for, and charges.</summary>
internal sealed class ReleaseBook
{
    private const int PageSize = 1000;
    private readonly Dictionary<(string Query, string Hash), ReleasedQuery> _queries = [];
    private readonly Dictionary<(string Group, long PeriodMs), PrivacyCost> _charged = [];

    private ReleaseBook()
    {
    }

    /// <summary>The queries of the pipeline that have releases, in order of name.</summary>
    public IReadOnlyList<ReleasedQuery> Queries => [.. _queries.Values.OrderBy(query => query.Name, StringComparer.Ordinal).ThenBy(query => query.FirstMs)];

    /// <summary>Reads the whole outbox.</summary>
    public static async ValueTask<ReleaseBook> ReadAsync(IStoreTransaction transaction, IOutbox outbox, string account, string pipeline)
    {
        var book = new ReleaseBook();
        long after = 0;
        while (true)
        {
            var page = await outbox.ReadAsync(transaction, after, PageSize).ConfigureAwait(false);
            foreach (var (sequence, release) in page)
            {
                after = sequence;
                if (release.Id.Account == account)
                {
                    book.Add(release, release.Id.Pipeline == pipeline);
                }
            }

            if (page.Count < PageSize)
            {
                return book;
            }
        }
    }

    /// <summary>What a group was charged in a period.</summary>
    public PrivacyCost? Charged(string group, long periodMs) => _charged.TryGetValue((group, periodMs), out var cost) ? cost : null;

    private void Add(Release release, bool isOwn)
    {
        var (id, receipt) = (release.Id, release.Receipt);
        var group = (receipt.CompositionGroup, receipt.PeriodStartMs);
        _charged[group] = _charged.TryGetValue(group, out var sum) ? sum + receipt.Charged : receipt.Charged;
        if (isOwn)
        {
            var key = (id.Query, id.PlanHash);
            _queries[key] = _queries.TryGetValue(key, out var known)
                ? known with { Releases = known.Releases + 1, FirstMs = Math.Min(known.FirstMs, id.Window.StartMs), LastMs = Math.Max(known.LastMs, id.Window.EndMs) }
                : new ReleasedQuery(id.Query, id.PlanHash, 1, id.Window.StartMs, id.Window.EndMs);
        }
    }
}

/// <summary>A query that has releases in a store.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hash">The plan hash of the releases.</param>
/// <param name="Releases">How many.</param>
/// <param name="FirstMs">Start of the first window, milliseconds since the Unix epoch.</param>
/// <param name="LastMs">End of the last window.</param>
internal sealed record ReleasedQuery(string Name, string Hash, int Releases, long FirstMs, long LastMs);
