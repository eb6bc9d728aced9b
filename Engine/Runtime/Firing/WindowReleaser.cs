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
    PipelinePlan plan, EmbeddedRuntimeOptions options, CheckpointStore checkpoints, BoundsGuard guard)
{
    /// <summary>What a firing asks for, in order of the windows' ends.</summary>
    public IReadOnlyList<PendingRelease> Ask(Firing firing, IReadOnlyList<FiredWindow> fired, Fence fence)
    {
        var aggregates = Merge(fired);
        var pending = new List<PendingRelease>();
        foreach (var (branch, window) in firing.Windows)
        {
            var bounded = plan.Branches[branch].Bounded;
            var aggregate = aggregates.GetValueOrDefault((branch, window))
                ?? new WindowAggregate(window, bounded.GroupBy.Count, bounded.ColumnCount);
            foreach (var query in plan.Branches[branch].Queries)
            {
                var release = Ask(query, aggregate, fence);
                pending.Add(release with { Branch = branch, Blocked = guard.Check(branch, release.Request.Release.Id, aggregate) });
            }
        }

        return pending;
    }

    /// <summary>What an earlier run had to withhold.</summary>
    public async ValueTask<IReadOnlyList<PendingRelease>> AskAgainAsync(IStoreTransaction transaction, Fence fence)
    {
        var pending = new List<PendingRelease>();
        foreach (var query in plan.Branches.SelectMany(branch => branch.Queries))
        {
            var withheld = await checkpoints.ListWithheldAsync(transaction, ReleaseIds.Prefix(plan, query)).ConfigureAwait(false);
            pending.AddRange(withheld.Select(aggregate => Ask(query, aggregate, fence) with { WasWithheld = true }));
        }

        return pending;
    }

    /// <summary>Releases in order. A refused window is withheld: its content is kept beside the checkpoint and asked for
    /// again at the next start.</summary>
    public async ValueTask<ReleaseResult> ReleaseAsync(IStoreTransaction transaction, IReadOnlyList<PendingRelease> pending)
    {
        var result = new ReleaseResult();
        foreach (var release in pending)
        {
            await ReleaseAsync(transaction, release, result).ConfigureAwait(false);
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

    private PendingRelease Ask(PlannedQuery planned, WindowAggregate aggregate, Fence fence)
    {
        var query = planned.Query;
        var id = ReleaseIds.For(plan, planned, aggregate.Window);
        options.Tap?.OnRelease(id, query, aggregate);
        var request = new ReleaseRequest
        {
            Id = id,
            CompositionGroup = planned.GroupOf(aggregate.Window),
            MaxWindows = query.Continual is null ? query.Bounded.Bounds.Windows : 1,
            Cost = query.Charge,
            Fence = fence,
        };
        var draw = () => ReleaseDraw.Draw(query, aggregate, plan.Settings.Confidence, options.Randomness);
        return query.RunningMs is null
            ? new PendingRelease(new LedgerRequest(request, draw), aggregate)
            : new PendingRelease(new LedgerRequest(request, () => throw new PipelineException($"Query '{query.Name}' is a running total, which needs a ledger on the pipeline's own store.")), aggregate)
            {
                Running = (query, draw),
            };
    }

    // A total continues what this transaction sees as released, so it is drawn inside it.
    private ValueTask<ReleaseOutcome> ReleaseAsync(IStoreTransaction transaction, PendingRelease pending) => pending.Running switch
    {
        null => options.Ledger.ReleaseAsync(transaction, pending.Request.Release, pending.Request.Draw),
        { Query.Continual: not null } running => ReleaseContinualAsync(transaction, pending, running.Query),
        { } running => ReleaseSumAsync(transaction, pending.Request.Release, running),
    };

    private async ValueTask<ReleaseOutcome> ReleaseContinualAsync(IStoreTransaction transaction, PendingRelease pending, QueryPlan query)
    {
        var request = pending.Request.Release;
        var totals = await ContinualTotals.LoadAsync(transaction, query, request.Id).ConfigureAwait(false);
        if (totals.Passed is { } passed)
        {
            var stored = await options.Outbox.FindAsync(transaction, request.Id).ConfigureAwait(false);
            return new ReleaseOutcome(stored, stored is not null, stored is null ? passed : null);
        }

        var outcome = await options.Ledger.ReleaseAsync(
            transaction, request, () => totals.Draw(pending.Aggregate, plan.Settings.Confidence, options.Randomness)).ConfigureAwait(false);
        if (outcome is { Release: not null, Replayed: false })
        {
            await totals.SaveAsync(transaction).ConfigureAwait(false);
        }

        return outcome;
    }

    private async ValueTask<ReleaseOutcome> ReleaseSumAsync(IStoreTransaction transaction, ReleaseRequest request, (QueryPlan Query, Func<DrawnValues> Increment) running)
    {
        var (query, increment) = running;
        var id = request.Id;
        Release? before = null;
        foreach (var window in RunningTotal.Before(id.Window, query.RunningMs!.Value))
        {
            before = await options.Outbox.FindAsync(transaction, id with { Window = window }).ConfigureAwait(false);
            if (before is not null)
            {
                break;
            }
        }

        return await options.Ledger.ReleaseAsync(transaction, request, () => RunningTotal.Add(query, id.Window, increment(), before)).ConfigureAwait(false);
    }

    private async ValueTask ReleaseAsync(IStoreTransaction transaction, PendingRelease pending, ReleaseResult result)
    {
        var id = pending.Request.Release.Id;
        if (pending.Branch is { } branch && (pending.Blocked ?? guard.Check(branch, id, pending.Aggregate)) is { } blocked)
        {
            await WithholdAsync(transaction, pending, branch, blocked, result).ConfigureAwait(false);
            return;
        }

        var outcome = await ReleaseAsync(transaction, pending).ConfigureAwait(false);
        if (outcome.Refusal is { } refusal)
        {
            result.Withheld.Add(new WithheldRelease(id, refusal));
            await (refusal.Code == RefusalCode.StepPassed
                ? checkpoints.ReleaseWithheldAsync(transaction, id)
                : checkpoints.WithholdAsync(transaction, id, pending.Aggregate)).ConfigureAwait(false);
            return;
        }

        result.Count(outcome);
        if (pending.WasWithheld)
        {
            await checkpoints.ReleaseWithheldAsync(transaction, id).ConfigureAwait(false);
        }
    }

    // No later run can make up for it, so its content is not kept.
    private async ValueTask WithholdAsync(IStoreTransaction transaction, PendingRelease pending, int branch, Refusal refusal, ReleaseResult result)
    {
        var id = pending.Request.Release.Id;
        var stored = await options.Outbox.FindAsync(transaction, id).ConfigureAwait(false);
        result.Count(stored, new WithheldRelease(id, refusal));
        if (refusal.Code != RefusalCode.StateLimit)
        {
            return;
        }

        if (stored is null)
        {
            await checkpoints.NoteGivenUpAsync(transaction, id).ConfigureAwait(false);
        }
        else
        {
            guard.Lose(branch, id.Window);
        }
    }
}

/// <summary>A release that is about to be asked for.</summary>
/// <param name="Request">The request and its draw.</param>
/// <param name="Aggregate">What the window holds.</param>
internal sealed record PendingRelease(LedgerRequest Request, WindowAggregate Aggregate)
{
    /// <summary>The query and the draw of the increment of a running total; null for others.</summary>
    public (QueryPlan Query, Func<DrawnValues> Increment)? Running { get; init; }

    /// <summary>Whether an earlier run had to withhold it.</summary>
    public bool WasWithheld { get; init; }

    /// <summary>The branch of a window that fires; null for one that was withheld before.</summary>
    public int? Branch { get; init; }

    /// <summary>Why it may not be released anew; null when it may.</summary>
    public Refusal? Blocked { get; init; }
}

/// <summary>What came of one transaction of releases.</summary>
internal sealed class ReleaseResult
{
    public int Released { get; private set; }

    public int Replayed { get; private set; }

    public List<WithheldRelease> Withheld { get; } = [];

    /// <summary>What is stored for the windows that fired, whether or not it was before.</summary>
    public List<Release> Releases { get; } = [];

    public void Count(Release? stored, WithheldRelease otherwise)
    {
        if (stored is null)
        {
            Withheld.Add(otherwise);
        }
        else
        {
            Releases.Add(stored);
            Replayed++;
        }
    }

    public void Count(ReleaseOutcome outcome)
    {
        Releases.Add(outcome.Release!);
        if (outcome.Replayed)
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
