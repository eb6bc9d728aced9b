using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>
/// The running totals of one query with continual noise in one of its periods, as they stand in a transaction. The state is
/// stored in the transaction that publishes a step, so a step is drawn once.
/// </summary>
/// <remarks>
/// <para>A window that was withheld while later ones were released is a step of 0 for the totals that follow: what it held is
/// missing from them, and the mechanism's text says so. Its rows cannot be added to a later step, whose sensitivity they would raise.
/// It is refused from then on (<see cref="RefusalCode.StepPassed"/>).</para>
/// <para>The row of a period is kept for ever, without content once the last step is taken: without it, a window of that period would
/// start totals anew at no charge.</para>
/// </remarks>
internal sealed class ContinualTotals
{
    private const string Table = "running-totals";
    private const int Version = 1;
    private readonly QueryPlan _query;
    private readonly ReleaseId _id;
    private readonly string _key;
    private readonly int _groups;
    private readonly int _steps;
    private readonly IContinualTotals? _totals;
    private int _step;
    private int _included;

    private ContinualTotals(QueryPlan query, ReleaseId id, byte[]? state)
    {
        (_query, _id, _key) = (query, id, Key(query, id));
        var bounded = query.Bounded;
        (_groups, _steps) = (bounded.KnownKeys!.Count, (int)(query.RunningMs!.Value / bounded.WindowMs));
        if (state is not null)
        {
            var reader = new SnapshotReader(state);
            reader.ReadInt32(Version, Version);
            (_step, _included) = (reader.ReadInt32(0, _steps), reader.ReadInt32(0, _steps));
            _totals = _step == _steps ? null : query.Continual!.Start(_groups, reader);
        }
        else
        {
            _totals = query.Continual!.Start(_groups);
        }
    }

    // From 1.
    private int Step => 1 + (int)((_id.Window.StartMs - TimeWindow.FloorTo(_id.Window.StartMs, _query.RunningMs!.Value)) / _query.Bounded.WindowMs);

    /// <summary>Why the window can no longer be released anew; null when it can.</summary>
    public Refusal? Passed => _step < Step
        ? null
        : new Refusal(RefusalCode.StepPassed, $"Window {_id.Window} was withheld before, and the running total of query '{_id.Query}' has gone on to step {_step} of {_steps} without it. It stays withheld.");

    /// <summary>Reads the totals that a window belongs to.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="query">The query.</param>
    /// <param name="id">The release of the window.</param>
    /// <returns>The totals before the window.</returns>
    /// <exception cref="SnapshotException">What is stored is damaged.</exception>
    public static async ValueTask<ContinualTotals> LoadAsync(IStoreTransaction transaction, QueryPlan query, ReleaseId id) =>
        new(query, id, await transaction.GetAsync(Table, Key(query, id)).ConfigureAwait(false));

    /// <summary>Takes the window's step.</summary>
    /// <param name="aggregate">What the window holds.</param>
    /// <param name="confidence">Of the intervals.</param>
    /// <param name="randomness">Where random bits come from.</param>
    /// <returns>What is published.</returns>
    public DrawnValues Draw(WindowAggregate aggregate, double confidence, IRandomSource randomness)
    {
        var (keys, values) = ReleaseDraw.Exact(_query, aggregate);
        var nothing = new long[_groups];
        for (; _step < Step - 1; _step++)
        {
            _totals!.Add(nothing, randomness);
        }

        _totals!.Add(values, randomness);
        (_step, _included) = (_step + 1, _included + 1);
        var totals = new long[_groups];
        _totals.CopyTo(totals);
        return new DrawnValues
        {
            Aggregate = $"running {_query.AggregateText}",
            Mechanism = $"running total of {_included} of {_step} increments: {_query.NoiseText}",
            GroupBy = [.. _query.Bounded.GroupBy.Select(field => field.Name)],
            Groups = Groups(keys, totals, confidence),
            Confidence = confidence,
        };
    }

    /// <summary>Stores the totals after the window.</summary>
    /// <param name="transaction">The transaction that releases it.</param>
    public ValueTask SaveAsync(IStoreTransaction transaction)
    {
        var writer = new SnapshotWriter();
        writer.Write(Version);
        writer.Write(_step);
        writer.Write(_included);
        if (_step < _steps)
        {
            _totals!.Save(writer);
        }

        return transaction.PutAsync(Table, _key, writer.Written.ToArray());
    }

    private static string Key(QueryPlan query, ReleaseId id)
    {
        var start = TimeWindow.FloorTo(id.Window.StartMs, query.RunningMs!.Value);
        return (id with { Window = new TimeWindow(start, start + query.RunningMs.Value) }).ToString();
    }

    private List<ReleasedGroup> Groups(IReadOnlyList<string[]> keys, long[] totals, double confidence)
    {
        var (noise, resolution) = (_query.Continual!, _query.Resolution);
        var (halfWidth, error) = (noise.HalfWidthAt(_step, confidence), noise.StandardDeviationAt(_step) * (double)resolution);
        return [.. keys.Select((key, i) => new ReleasedGroup(key, totals[i] * resolution, (totals[i] - halfWidth) * resolution, (totals[i] + halfWidth) * resolution) { StandardError = error })];
    }
}
