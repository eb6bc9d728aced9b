using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>Says what a start of a plan on a store would find. Nothing is changed, and no run on it is disturbed.</summary>
/// <param name="plan">The plan.</param>
/// <param name="ledger">The ledger on the store.</param>
/// <param name="outbox">The outbox on the store.</param>
internal sealed class StartInspection(PipelinePlan plan, ILedger ledger, IOutbox outbox)
{
    /// <summary>Looks.</summary>
    /// <param name="store">The store.</param>
    /// <param name="keyFingerprint">Of the keys that the start would have; null when it would make new ones.</param>
    /// <returns>What a start would find.</returns>
    public async ValueTask<StartReport> InspectAsync(IStore store, string? keyFingerprint)
    {
        var policy = await PolicyAsync(store).ConfigureAwait(false);
        var history = await ledger.HistoryAsync(store, plan.Account.Account).ConfigureAwait(false);
        return await store.TransactAsync(transaction => InspectAsync(transaction, keyFingerprint, policy, history)).ConfigureAwait(false);
    }

    private async ValueTask<StartReport> InspectAsync(IStoreTransaction transaction, string? keyFingerprint, Refusal? policy, IReadOnlyList<AccountStatus> history)
    {
        var refusals = new List<string>();
        var checkpoint = plan.Settings.Resume ? await CheckpointAsync(transaction, refusals).ConfigureAwait(false) : null;
        if (checkpoint is not null && checkpoint.KeyFingerprint != keyFingerprint)
        {
            refusals.Add($"the stored state was made under key {checkpoint.KeyFingerprint}, and the start would have {(keyFingerprint is null ? "a new one" : keyFingerprint)}: its subjects would have other names");
        }

        if (plan.Settings.Resume && checkpoint is null && await MovedStates.FindAsync(transaction, plan).ConfigureAwait(false) is { } moved)
        {
            refusals.Add(MovedStates.Refusal(plan, moved).TrimEnd('.'));
        }

        if (policy is not null)
        {
            refusals.Add($"{policy.Code}: {policy.Message.TrimEnd('.')}");
        }

        var book = await ReleaseBook.ReadAsync(transaction, outbox, plan.Account.Account, plan.Settings.Name).ConfigureAwait(false);
        var queries = await QueriesAsync(transaction, book).ConfigureAwait(false);
        refusals.AddRange(queries.Where(query => query.InPlan && query.Releases == 0).SelectMany(query => Reused(query, book)));
        return new StartReport(checkpoint is not null, AsTime(checkpoint?.ArrivalHigh), queries, [.. Periods(checkpoint, book, history)], refusals);
    }

    private async ValueTask<Checkpoint?> CheckpointAsync(IStoreTransaction transaction, List<string> refusals)
    {
        try
        {
            return await new CheckpointStore(plan).LoadAsync(transaction).ConfigureAwait(false);
        }
        catch (SnapshotException damaged)
        {
            refusals.Add(damaged.Message.TrimEnd('.'));
            return null;
        }
    }

    // As a start would, and undone: an account that is not there yet is opened only by a run.
    private async ValueTask<Refusal?> PolicyAsync(IStore store)
    {
        try
        {
            return await store.TransactAsync<Refusal?>(async transaction => throw new Undo(await ledger.OpenAsync(transaction, plan.Account).ConfigureAwait(false))).ConfigureAwait(false);
        }
        catch (Undo undo)
        {
            return undo.Refusal;
        }
    }

    private async ValueTask<IReadOnlyList<StoredQuery>> QueriesAsync(IStoreTransaction transaction, ReleaseBook book)
    {
        var queries = new List<StoredQuery>();
        foreach (var query in plan.Branches.SelectMany(branch => branch.Queries))
        {
            var withheld = await new CheckpointStore(plan).ListWithheldAsync(transaction, ReleaseIds.Prefix(plan, query)).ConfigureAwait(false);
            var known = book.Queries.FirstOrDefault(stored => stored.Name == query.Query.Name && stored.Hash == query.Hash);
            queries.Add(new StoredQuery(query.Query.Name, query.Hash, true, known?.Releases ?? 0, known is null ? null : new TimeWindow(known.FirstMs, known.LastMs), withheld.Count));
        }

        return
        [
            .. queries,
            .. book.Queries.Where(stored => queries.All(query => (query.Name, query.Hash) != (stored.Name, stored.Hash)))
                .Select(stored => new StoredQuery(stored.Name, stored.Hash, false, stored.Releases, new TimeWindow(stored.FirstMs, stored.LastMs), 0)),
        ];
    }

    private static IEnumerable<string> Reused(StoredQuery query, ReleaseBook book) => book.Queries
        .Where(stored => stored.Name == query.Name)
        .Take(1)
        .Select(stored => $"query '{query.Name}' would mean other numbers under the same name (plan hash {stored.Hash} becomes {query.Hash}): a start would release its windows again beside those that are stored, and charge for them. Give it a new name, such as '{query.Name}-2'");

    private IEnumerable<ReloadedPeriod> Periods(Checkpoint? checkpoint, ReleaseBook book, IReadOnlyList<AccountStatus> history)
    {
        var length = (long)plan.Account.Period.TotalMilliseconds;
        var last = checkpoint?.ArrivalHigh is { } high ? TimeWindow.FloorTo(high, length) : history.LastOrDefault()?.PeriodStartMs;
        var first = checkpoint?.FiredUpTo.Min() is { } fired ? Math.Min(last ?? fired, TimeWindow.FloorTo(fired, length)) : last;
        if (first is not { } from || last is not { } to)
        {
            yield break;
        }

        var begins = plan.Branches.Select((_, i) => checkpoint?.Begins.ElementAtOrDefault(i)).ToList();
        var zero = PrivacyCost.Zero(plan.Account.Measure);
        for (var start = Math.Max(from, to - (2 * length)); start <= to; start += length)
        {
            var (period, status) = (new TimeWindow(start, start + length), history.FirstOrDefault(status => status.PeriodStartMs == start));
            if (status?.Spent.Measure is not { } measure || measure == plan.Account.Measure)
            {
                yield return new ReloadedPeriod(
                    period, status?.Spent ?? zero, status?.Left ?? plan.Account.BudgetPerPeriod, PlanCosts.OfRest(plan, period, group => book.Charged(group, start) ?? zero, begins));
            }
        }
    }

    private static DateTimeOffset? AsTime(long? ms) => ms is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private sealed class Undo(Refusal? refusal) : Exception
    {
        public Refusal? Refusal => refusal;
    }
}

/// <summary>What a start would find.</summary>
/// <param name="KeepsState">Whether it goes on from stored state; otherwise it reads the input from its start.</param>
/// <param name="ReadUpTo">The last arrival that the state knows of.</param>
/// <param name="Queries">The plan's queries, and those that have releases beside them.</param>
/// <param name="Periods">The periods that are open in the state; without state, the last one that was charged.</param>
/// <param name="Refusals">Why it should not be started so; empty when it may.</param>
internal sealed record StartReport(
    bool KeepsState, DateTimeOffset? ReadUpTo, IReadOnlyList<StoredQuery> Queries, IReadOnlyList<ReloadedPeriod> Periods, IReadOnlyList<string> Refusals);

/// <summary>A query of a plan or of a store.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hash">Its plan hash.</param>
/// <param name="InPlan">Whether it is of the plan; otherwise the store alone knows it.</param>
/// <param name="Releases">How many of its releases are stored: they stay, and cost nothing when their windows come again.</param>
/// <param name="Windows">From the first one's start to the last one's end.</param>
/// <param name="Withheld">Windows that were withheld, and are asked for again at a start.</param>
internal sealed record StoredQuery(string Name, string Hash, bool InPlan, int Releases, TimeWindow? Windows, int Withheld);
