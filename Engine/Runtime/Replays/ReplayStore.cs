using System.Globalization;
using System.Text.Json;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Replays;

/// <summary>Where a run began.</summary>
/// <param name="Since">The run that began the state which it went on with; its own number when it began anew.</param>
/// <param name="Positions">What it went on from.</param>
internal sealed record RunStart(long Since, IReadOnlyList<SourcePosition> Positions);

/// <summary>What replays need of the store: where runs began, and what was replayed.</summary>
internal sealed class ReplayStore(PipelinePlan plan)
{
    /// <summary>Runs that are remembered; places of older ones are refused.</summary>
    public const int RunsKept = 100;

    private const string StartTable = "run-starts";
    private const string ReplayedTable = "replayed";
    private readonly string _key = $"{plan.Settings.Name}|{plan.Hash}|";

    /// <summary>Notes where a run begins, in the transaction in which it takes the pipeline over.</summary>
    public async ValueTask BeginAsync(IStoreTransaction transaction, long run, RunStart start)
    {
        await transaction.PutAsync(StartTable, Key(run), JsonSerializer.SerializeToUtf8Bytes(start)).ConfigureAwait(false);
        var kept = await transaction.ScanAsync(StartTable, _key).ConfigureAwait(false);
        foreach (var old in kept.SkipLast(RunsKept))
        {
            await transaction.DeleteAsync(StartTable, old.Key).ConfigureAwait(false);
        }
    }

    /// <summary>Where runs began, in their order.</summary>
    public async ValueTask<SortedList<long, RunStart>> StartsAsync(IStoreTransaction transaction)
    {
        var starts = new SortedList<long, RunStart>();
        foreach (var row in await transaction.ScanAsync(StartTable, _key).ConfigureAwait(false))
        {
            starts.Add(long.Parse(row.Key.AsSpan(_key.Length), CultureInfo.InvariantCulture), JsonSerializer.Deserialize<RunStart>(row.Value)!);
        }

        return starts;
    }

    /// <summary>The positions of a source that were replayed into the state that a run began, in ascending order.</summary>
    public async ValueTask<long[]> ReplayedAsync(IStoreTransaction transaction, long since, string source) =>
        await transaction.GetAsync(ReplayedTable, Key(since) + "|" + source).ConfigureAwait(false) is { } bytes
            ? new SnapshotReader(bytes).ReadArray<long>()
            : [];

    /// <summary>Replaces them. What belonged to states before is forgotten.</summary>
    public async ValueTask SaveAsync(IStoreTransaction transaction, long since, string source, long[] positions)
    {
        foreach (var row in await transaction.ScanAsync(ReplayedTable, _key).ConfigureAwait(false))
        {
            if (!row.Key.StartsWith(Key(since), StringComparison.Ordinal))
            {
                await transaction.DeleteAsync(ReplayedTable, row.Key).ConfigureAwait(false);
            }
        }

        var writer = new SnapshotWriter();
        writer.WriteArray<long>(positions);
        await transaction.PutAsync(ReplayedTable, Key(since) + "|" + source, writer.Written).ConfigureAwait(false);
    }

    private string Key(long run) => string.Create(CultureInfo.InvariantCulture, $"{_key}{run:D20}");
}
