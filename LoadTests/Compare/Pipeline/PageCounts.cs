using System.Runtime.InteropServices;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>
/// The second half of the hand-written loop: bounds each user's contributions and counts per page in one window
/// after the other. Windows are taken as over when the next one begins, which holds for events in order of time.
/// </summary>
internal sealed class PageCounts
{
    private readonly Dictionary<UInt128, int> _pagesOfUser = [];
    private readonly Dictionary<(UInt128 User, string Page), int> _contributions = [];
    private readonly Dictionary<string, long> _counts = [];
    private readonly List<(long Window, string Page, long Count)> _noised = [];
    private readonly Random _noise = new();
    private long _window = long.MinValue;

    /// <summary>Events counted so far.</summary>
    public long Counted { get; private set; }

    /// <summary>The noised counts of all windows that have ended.</summary>
    public IReadOnlyList<(long Window, string Page, long Count)> Noised => _noised;

    /// <summary>Counts an event, unless its user has contributed enough.</summary>
    /// <param name="time">The event's time.</param>
    /// <param name="user">The user's token.</param>
    /// <param name="page">The page.</param>
    public void Add(DateTimeOffset time, UInt128 user, string page)
    {
        long window = time.UtcTicks / PipelineJob.Window.Ticks;
        if (window != _window)
        {
            EndWindow();
            _window = window;
        }

        ref int contributions = ref CollectionsMarshal.GetValueRefOrAddDefault(_contributions, (user, page), out bool known);
        if (!known)
        {
            ref int pages = ref CollectionsMarshal.GetValueRefOrAddDefault(_pagesOfUser, user, out _);
            if (pages == PipelineJob.PagesPerUser)
            {
                // Keeps the pair, closed, so that its next event ends at the first look-up.
                contributions = PipelineJob.CountsPerPage;
                return;
            }

            pages++;
        }

        if (contributions < PipelineJob.CountsPerPage)
        {
            contributions++;
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, page, out _)++;
            Counted++;
        }
    }

    /// <summary>Noises the counts of the window and forgets its users.</summary>
    public void EndWindow()
    {
        foreach ((string page, long count) in _counts)
        {
            _noised.Add((_window, page, count + DiscreteLaplace()));
        }

        _counts.Clear();
        _contributions.Clear();
        _pagesOfUser.Clear();
    }

    // The difference of two geometric variables, by inversion: the textbook's way, good enough for a race only.
    private long DiscreteLaplace() => Geometric() - Geometric();

    private long Geometric() => (long)Math.Floor(-Math.Log(1 - _noise.NextDouble()) * PipelineJob.NoiseScale);
}
