using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.GroupCommit;

/// <summary>Releases that were stored ahead of the caller's transaction, until that finds them: they are new to the caller,
/// although they are in the store.</summary>
internal sealed class PreparedReleases
{
    private readonly ConcurrentDictionary<ReleaseId, bool> _new = new();

    public void Add(IEnumerable<ReleaseOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (outcome is { Release: { } release, Replayed: false })
            {
                _new[release.Id] = true;
            }
        }
    }

    public ReleaseOutcome Take(ReleaseOutcome outcome) =>
        outcome is { Release: { } release, Replayed: true } && _new.TryRemove(release.Id, out _) ? outcome with { Replayed = false } : outcome;
}
