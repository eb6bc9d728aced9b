using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>
/// What stages of a run keep of the releases that they follow. It is decided inside the transaction that stores the releases and is
/// part of its checkpoint; lanes see it once that has committed. So a restart goes on with what the last stored release decided.
/// </summary>
/// <remarks>Each window's release decides from an event time on that depends on the window alone (<see cref="IReleaseFollower.ValidFrom"/>).
/// Up to the time of the next window that has not fired, the horizon, everything is decided. Rows beyond it wait in the stage,
/// and no window fires beyond it. As long as earlier windows may turn out to be the first ones, the horizon is that of the earliest
/// of them. So what becomes of a row is a function of its event time and of stored releases, whatever batches, lanes and moments
/// of storing are; stamps in more disorder than the allowed lateness aside.</remarks>
internal sealed class ReleaseFollowers
{
    private const string Prefix = "followed/";
    private readonly IReadOnlyList<(PlannedFollower Plan, FollowedCell Cell)> _followers;
    private volatile bool _isStoring;

    public ReleaseFollowers(PipelinePlan plan) =>
        _followers = [.. plan.Followers.Select(follower => (follower, new FollowedCell(new FollowedState(follower.Follower.Begin(), long.MinValue))))];

    /// <summary>Whether any stage follows a query.</summary>
    public bool Any => _followers.Count > 0;

    /// <summary>What a stage looks at; null for one that follows nothing.</summary>
    public FollowedCell? Find(string stage) => _followers.FirstOrDefault(follower => follower.Plan.Stage == stage).Cell;

    /// <summary>Takes up what a checkpoint holds.</summary>
    public void Restore(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        foreach (var (plan, cell) in _followers)
        {
            if (states.TryGetValue(Prefix + plan.Stage, out var state))
            {
                var reader = new SnapshotReader(state);
                cell.State = cell.State with { Followed = plan.Follower.Restore(reader) };
                if (!reader.IsAtEnd)
                {
                    throw new SnapshotException($"The stored state of what stage '{plan.Stage}' follows is longer than it reads.");
                }
            }
        }
    }

    /// <summary>What is kept after some releases, in order. Changes nothing.</summary>
    /// <param name="releases">Releases of one transaction, in order of their windows' ends.</param>
    public IReadOnlyList<IFollowed> Next(IReadOnlyList<Release> releases) =>
    [
        .. _followers.Select(follower => releases
            .Where(release => release.Id.Query == follower.Plan.Query && follower.Plan.Follower.ValidFrom(release.Id.Window.EndMs) >= follower.Cell.State.HorizonMs)
            .Aggregate(follower.Cell.State.Followed, (followed, release) => followed.Next(release))),
    ];

    /// <summary>States of a checkpoint with what is kept.</summary>
    /// <param name="states">The stages' states.</param>
    /// <param name="next">What <see cref="Next"/> gave.</param>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> With(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states, IReadOnlyList<IFollowed> next)
    {
        if (_followers.Count == 0)
        {
            return states;
        }

        var all = new Dictionary<string, ReadOnlyMemory<byte>>(states);
        for (var i = 0; i < _followers.Count; i++)
        {
            var writer = new SnapshotWriter();
            next[i].Write(writer);
            all[Prefix + _followers[i].Plan.Stage] = writer.Written;
        }

        return all;
    }

    /// <summary>Windows have fired whose releases are about to be stored: horizons stay where they are.</summary>
    public void Hold() => _isStoring = true;

    /// <summary>Shows lanes what <see cref="Next"/> gave, after its transaction has committed; does nothing when no window has fired.
    /// For the commit, beside the reader.</summary>
    public void Adopt(IReadOnlyList<IFollowed> next)
    {
        // Where nothing fired, nothing has changed, and the reader may be moving horizons on.
        if (!_isStoring)
        {
            return;
        }

        for (var i = 0; i < _followers.Count; i++)
        {
            _followers[i].Cell.State = _followers[i].Cell.State with { Followed = next[i] };
        }

        _isStoring = false;
    }

    /// <summary>Whether <see cref="Open"/> would move a horizon on. What has been read must have passed the lanes before it does.</summary>
    /// <param name="schedule">What has fired.</param>
    /// <param name="frontier">How far stamps have come.</param>
    /// <param name="seen">The range of arrival stamps.</param>
    public bool Opens(FiringSchedule schedule, long? frontier, (long Low, long High)? seen) =>
        !_isStoring && _followers.Any(follower => Horizon(follower.Plan, schedule, frontier, seen) > follower.Cell.State.HorizonMs);

    /// <summary>Moves the horizons on to what has fired and is stored, and lets windows fire up to them; does nothing while releases are being
    /// stored. For the reader's loop, while nothing is in flight. A release of a window before the horizon decides nothing any more.</summary>
    /// <param name="schedule">What has fired; it gets the new limit.</param>
    /// <param name="frontier">How far stamps have come.</param>
    /// <param name="seen">The range of arrival stamps.</param>
    public void Open(FiringSchedule schedule, long? frontier, (long Low, long High)? seen)
    {
        if (_isStoring)
        {
            return;
        }

        foreach (var (plan, cell) in _followers)
        {
            var horizon = Horizon(plan, schedule, frontier, seen);
            if (horizon > cell.State.HorizonMs)
            {
                cell.State = cell.State with { HorizonMs = horizon };
            }
        }

        schedule.Limit = _followers.Select(follower => follower.Cell.State.HorizonMs).DefaultIfEmpty(long.MaxValue).Min();
    }

    private static long Horizon(PlannedFollower plan, FiringSchedule schedule, long? frontier, (long Low, long High)? seen) => schedule.NextStart(plan.Branch, frontier, seen) switch
    {
        null => long.MaxValue,
        long.MinValue => long.MinValue,
        { } start => plan.Follower.ValidFrom(start + plan.WindowMs),
    };
}

/// <summary>Where the lanes of a run find what one stage keeps of the releases that it follows.</summary>
internal sealed class FollowedCell(FollowedState state)
{
    private volatile FollowedState _state = state;

    /// <summary>What is kept now.</summary>
    public FollowedState State
    {
        get => _state;
        set => _state = value;
    }
}

/// <summary>What a stage keeps of the releases that it follows, and how far that decides.</summary>
/// <param name="Followed">What is kept.</param>
/// <param name="HorizonMs">Rows of event times before this are decided; others wait.</param>
internal sealed record FollowedState(IFollowed Followed, long HorizonMs);
