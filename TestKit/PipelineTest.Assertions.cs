using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.TestKit.Assertions;
using AkkaPrivacy.TestKit.Rows;
using AkkaPrivacy.TestKit.Running;
using AkkaPrivacy.TestKit.Tracing;

namespace AkkaPrivacy.TestKit;

/// <content>What a test says of it.</content>
public sealed partial class PipelineTest
{
    private Diagnosis? _diagnosis;

    /// <summary>The account that the pipeline charges.</summary>
    public AccountAssertions Costs => new(this);

    internal IReadOnlyList<FiredRelease> Fired => _run.Tap.Fired;

    internal IReadOnlyList<AccountStatus> History => _run.History;

    internal string Account => Plan.Account.Account;

    internal DataMap Map => Plan.Map;

    internal string FiringRule => $"A window fires when the arrival frontier has passed its end by the allowed lateness of {Plan.Settings.AllowedLateness}, or at the end of the input. "
        + $"Arrival stamps come from {Plan.Arrival}; the frontier is at {(_run.Topology?.Frontier is { } frontier ? Instants.Text(frontier) : "no time yet")}, virtual time is {Instants.Text(_run.Time.GetUtcNow())}."
        + (Plan.Arrival != Engine.Graphs.ArrivalMode.Ingest && _rows.Count < FrontierTracker.EnoughRows ? $" Stamps of the first rows count once {FrontierTracker.EnoughRows} rows agree, since one could be damaged; {_rows.Count} were given." : string.Empty);

    private Diagnosis Diagnosis => _diagnosis ??= new Diagnosis(_run);

    /// <summary>A query over all its windows.</summary>
    /// <param name="query">Its name.</param>
    /// <returns>What can be said of it.</returns>
    /// <exception cref="ArgumentException">There is no such query.</exception>
    public QueryAssertions Query(string query)
    {
        var (branch, plan) = Diagnosis.Find(query);
        return new QueryAssertions(this, plan, Diagnosis.Measure(branch));
    }

    /// <summary>A window of a query, which must have fired.</summary>
    /// <param name="query">The query's name.</param>
    /// <param name="start">The window's start, as <c>2026-03-02T10:00Z</c>.</param>
    /// <returns>What can be said of it.</returns>
    /// <exception cref="ArgumentException">There is no such query, or the start is no instant.</exception>
    /// <exception cref="PipelineAssertionException">The window has not fired.</exception>
    public WindowAssertions Window(string query, string start)
    {
        Diagnosis.Find(query);
        var time = Instants.Parse(start);
        var windows = Fired.Where(release => release.Id.Query == query).ToList();
        return windows.FirstOrDefault(release => release.Id.Window.Start == time) is { } fired
            ? new WindowAssertions(this, fired)
            : throw new PipelineAssertionException($"Query '{query}': the window from {Instants.Text(time)} has not fired; fired are {(windows.Count == 0 ? "none" : string.Join(", ", windows.Select(release => release.Id.Window)))}. {FiringRule}");
    }

    /// <summary>How many rows are dead letters for a reason. A row that several queries leave out counts with the one that leaves
    /// out most.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="rows">How many rows.</param>
    /// <returns>This.</returns>
    /// <exception cref="PipelineAssertionException">There are more or fewer.</exception>
    public PipelineTest DeadLetters(DeadLetterReason reason, int rows)
    {
        var verdicts = Plan.Branches.Select(branch => Judge(branch.Queries[0].Query.Name).Where(verdict => verdict.Reason is not null).DistinctBy(verdict => verdict.Row).ToList()).ToList();
        var actual = verdicts.Max(branch => branch.Count(verdict => verdict.Reason == reason));
        return actual == rows ? this : throw new PipelineAssertionException(
            $"Expected {rows} dead letters of reason {reason}, but there are {actual}. Dead letters of any reason:{Explanation.OfFate(verdicts.SelectMany(branch => branch).DistinctBy(verdict => (verdict.Row, verdict.Reason)))}");
    }

    /// <summary>No window that has fired is withheld.</summary>
    /// <returns>This.</returns>
    /// <exception cref="PipelineAssertionException">One is.</exception>
    public PipelineTest NothingIsWithheld()
    {
        foreach (var fired in Fired)
        {
            new WindowAssertions(this, fired).IsReleased();
        }

        return this;
    }

    /// <summary>Takes the same steps once more, without the crashes, from the start, on the same store and with other noise. What
    /// was released must stand to the byte and nothing may be charged or released anew.</summary>
    /// <returns>A task that ends when it is known.</returns>
    /// <exception cref="PipelineAssertionException">Something was released or charged anew.</exception>
    public async Task ReplaysAsync()
    {
        var before = _run.Releases.ToDictionary(release => release.Id, ReleaseJson.ToUtf8);
        var again = await RepeatAsync().ConfigureAwait(false);
        foreach (var release in again.Releases)
        {
            var name = $"Query '{release.Id.Query}', window {release.Id.Window}";
            if (!before.TryGetValue(release.Id, out var stored))
            {
                throw new PipelineAssertionException($"{name}: a replay released it anew and charged {release.Receipt.Charged}. The first run had fired {(Fired.Any(fired => fired.Id == release.Id) ? "it and withheld it" : "no such window: what fires depends on more than the rows and their times")}.");
            }

            if (!ReleaseJson.ToUtf8(release).AsSpan().SequenceEqual(stored))
            {
                throw new PipelineAssertionException($"{name}: a replay published other values than the first run, so its noise can be averaged out.");
            }
        }

        if (before.Keys.Except(again.Releases.Select(release => release.Id)).FirstOrDefault() is { } lost)
        {
            throw new PipelineAssertionException($"Query '{lost.Query}', window {lost.Window}: its release is gone after a replay.");
        }

        foreach (var (first, second) in Fired.Join(again.Tap.Fired, fired => fired.Id, fired => fired.Id, (first, second) => (first, second)))
        {
            if (!first.Values.Select(value => (string.Join('|', value.Key), value.Value)).SequenceEqual(second.Values.Select(value => (string.Join('|', value.Key), value.Value))))
            {
                throw new PipelineAssertionException($"Query '{first.Id.Query}', window {first.Id.Window}: a replay of the same steps has other bounded values. A stage keeps something between runs, reads a clock or draws randomness; its rows would be counted differently after a crash.");
            }
        }

        if (again.Tap.Fired.Select(fired => fired.Id).Except(Fired.Select(fired => fired.Id)).FirstOrDefault() is { } more)
        {
            throw new PipelineAssertionException($"Query '{more.Query}', window {more.Window}: a replay of the same steps fired it, the first run did not.");
        }
    }

    internal List<RowVerdict> Judge(string query) => Diagnosis.Judge(query, _rows.Count);

    internal int KeyParts(string query) => Diagnosis.Find(query).Query.Bounded.GroupBy.Count;

    internal Refusal? RefusalOf(ReleaseId id) => _run.Ledger.Find(id) ?? _run.Summary?.Withheld.FirstOrDefault(withheld => withheld.Id == id)?.Refusal;
}
