using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>Takes fired windows through the release protocol inside one transaction.</summary>
internal sealed class WindowReleaser(
    PipelinePlan plan, ILedger ledger, IRandomSource randomness, CheckpointStore checkpoints, IBoundedTruthTap? tap)
{
    /// <summary>Releases windows in order. A refused one is withheld: its content is kept beside the checkpoint and asked
    /// for again at the next start.</summary>
    public async ValueTask<ReleaseResult> ReleaseAsync(IStoreTransaction transaction, Firing firing, IReadOnlyList<FiredWindow> fired)
    {
        var aggregates = Merge(fired);
        var result = new ReleaseResult();
        foreach (var (branch, window) in firing.Windows)
        {
            var bounded = plan.Branches[branch].Bounded;
            var aggregate = aggregates.GetValueOrDefault((branch, window))
                ?? new WindowAggregate(window, bounded.GroupBy.Count, bounded.Sums.Count);
            foreach (var query in plan.Branches[branch].Queries)
            {
                await ReleaseAsync(transaction, query, aggregate, wasWithheld: false, result).ConfigureAwait(false);
            }
        }

        return result;
    }

    /// <summary>Asks again for windows that an earlier run had to withhold.</summary>
    public async ValueTask<ReleaseResult> RetryAsync(IStoreTransaction transaction)
    {
        var result = new ReleaseResult();
        foreach (var query in plan.Branches.SelectMany(branch => branch.Queries))
        {
            var prefix = ReleaseIds.Prefix(plan, query);
            foreach (var aggregate in await checkpoints.ListWithheldAsync(transaction, prefix).ConfigureAwait(false))
            {
                await ReleaseAsync(transaction, query, aggregate, wasWithheld: true, result).ConfigureAwait(false);
            }
        }

        return result;
    }

    private static Dictionary<(int Branch, TimeWindow Window), WindowAggregate> Merge(IReadOnlyList<FiredWindow> fired)
    {
        var aggregates = new Dictionary<(int, TimeWindow), WindowAggregate>();
        foreach (var (branch, partial) in fired)
        {
            if (!aggregates.TryAdd((branch, partial.Window), partial))
            {
                aggregates[(branch, partial.Window)].Merge(partial);
            }
        }

        return aggregates;
    }

    private async ValueTask ReleaseAsync(
        IStoreTransaction transaction, PlannedQuery planned, WindowAggregate aggregate, bool wasWithheld, ReleaseResult result)
    {
        var query = planned.Query;
        var id = ReleaseIds.For(plan, planned, aggregate.Window);
        tap?.OnRelease(id, query, aggregate);
        var request = new ReleaseRequest
        {
            Id = id,
            CompositionGroup = query.Bounded.Group,
            MaxWindows = query.Bounded.Bounds.Windows,
            Cost = query.Cost.ConvertTo(plan.Account.Measure)!.Value,
        };
        var outcome = await ledger.ReleaseAsync(
            transaction, request, () => ReleaseDraw.Draw(query, aggregate, plan.Settings.Confidence, randomness)).ConfigureAwait(false);
        if (outcome.Refusal is { } refusal)
        {
            result.Withheld.Add(new WithheldRelease(id, refusal));
            await checkpoints.WithholdAsync(transaction, id, aggregate).ConfigureAwait(false);
            return;
        }

        result.Count(outcome.Replayed);
        if (wasWithheld)
        {
            await checkpoints.ReleaseWithheldAsync(transaction, id).ConfigureAwait(false);
        }
    }
}

/// <summary>What came of one transaction of releases.</summary>
internal sealed class ReleaseResult
{
    public int Released { get; private set; }

    public int Replayed { get; private set; }

    public List<WithheldRelease> Withheld { get; } = [];

    public void Count(bool replayed)
    {
        if (replayed)
        {
            Replayed++;
        }
        else
        {
            Released++;
        }
    }
}

/// <summary>Release ids of a plan.</summary>
internal static class ReleaseIds
{
    public static ReleaseId For(PipelinePlan plan, PlannedQuery query, TimeWindow window) =>
        new(plan.Account.Account, plan.Settings.Name, query.Query.Name, query.Hash, window);

    public static string Prefix(PipelinePlan plan, PlannedQuery query) =>
        $"{plan.Account.Account}|{plan.Settings.Name}|{query.Hash}|{query.Query.Name}|";
}
