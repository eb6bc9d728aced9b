using System.Text.Json;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Checkpoints;

/// <summary>Reads and writes checkpoints and withheld windows of one plan inside the caller's transaction.</summary>
internal sealed class CheckpointStore(PipelinePlan plan)
{
    private const string Table = "checkpoints";
    private const string StateTable = "checkpoint-states";
    private const string WithheldTable = "withheld";
    private readonly string _key = $"{plan.Settings.Name}|{plan.Hash}";
    private const string GivenUpTable = "given-up";
    private HashSet<string> _written = [];

    public async ValueTask<Checkpoint?> LoadAsync(IStoreTransaction transaction)
    {
        if (await transaction.GetAsync(Table, _key).ConfigureAwait(false) is not { } bytes)
        {
            return null;
        }

        try
        {
            var checkpoint = JsonSerializer.Deserialize<Checkpoint>(bytes);
            return checkpoint is { Version: >= 1 and <= Checkpoint.CurrentVersion } && checkpoint.FiredUpTo.Count == plan.Branches.Count
                ? checkpoint
                : throw new SnapshotException($"The stored state of pipeline '{plan.Settings.Name}' is of a later version than {Checkpoint.CurrentVersion}, or of another plan.");
        }
        catch (JsonException)
        {
            throw new SnapshotException($"The stored state of pipeline '{plan.Settings.Name}' is damaged. Restore the store from a backup, or run with runtime.resume = false to read the input again; what was released stays as it is.");
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> LoadStatesAsync(IStoreTransaction transaction, Checkpoint checkpoint)
    {
        var states = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var name in checkpoint.States)
        {
            states[name] = await transaction.GetAsync(StateTable, $"{_key}|{name}").ConfigureAwait(false)
                ?? throw new SnapshotException($"The stored state of pipeline '{plan.Settings.Name}' lacks the part '{name}'.");
        }

        _written = [.. checkpoint.States];
        return states;
    }

    public async ValueTask SaveAsync(IStoreTransaction transaction, Checkpoint checkpoint, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        foreach (var (name, state) in states)
        {
            await transaction.PutAsync(StateTable, $"{_key}|{name}", state).ConfigureAwait(false);
        }

        foreach (var old in _written.Where(name => !states.ContainsKey(name)))
        {
            await transaction.DeleteAsync(StateTable, $"{_key}|{old}").ConfigureAwait(false);
        }

        await transaction.PutAsync(Table, _key, JsonSerializer.SerializeToUtf8Bytes(checkpoint)).ConfigureAwait(false);
    }

    /// <summary>The fingerprints of the keys under which states of a pipeline were made, of any plan. Damaged ones are passed over: no
    /// run takes them up.</summary>
    public static async ValueTask<IReadOnlyList<string>> KeysAsync(IStoreTransaction transaction, string pipeline) =>
        [.. (await transaction.ScanAsync(Table, $"{pipeline}|").ConfigureAwait(false)).Select(row => KeyOf(row.Value)).OfType<string>().Distinct()];

    /// <summary>Deletes the checkpoint with its states.</summary>
    public async ValueTask DropAsync(IStoreTransaction transaction)
    {
        foreach (var row in await transaction.ScanAsync(StateTable, $"{_key}|").ConfigureAwait(false))
        {
            await transaction.DeleteAsync(StateTable, row.Key).ConfigureAwait(false);
        }

        await transaction.DeleteAsync(Table, _key).ConfigureAwait(false);
    }

    /// <summary>Whether the store holds exactly this checkpoint.</summary>
    public async ValueTask<bool> HoldsAsync(IStoreTransaction transaction, Checkpoint checkpoint) =>
        await transaction.GetAsync(Table, _key).ConfigureAwait(false) is { } bytes && bytes.AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(checkpoint));

    /// <summary>To be called after the transaction of <see cref="SaveAsync"/> has committed.</summary>
    public void Saved(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states) => _written = [.. states.Keys];

    public ValueTask WithholdAsync(IStoreTransaction transaction, ReleaseId id, WindowAggregate aggregate) =>
        transaction.PutAsync(WithheldTable, id.ToString(), WindowAggregateFormat.Write(aggregate));

    public ValueTask ReleaseWithheldAsync(IStoreTransaction transaction, ReleaseId id) =>
        transaction.DeleteAsync(WithheldTable, id.ToString());

    /// <summary>Notes that a window was given up, for all runs to come.</summary>
    public ValueTask NoteGivenUpAsync(IStoreTransaction transaction, ReleaseId id) => transaction.PutAsync(GivenUpTable, id.ToString(), new byte[] { 1 });

    public async ValueTask<IReadOnlyList<string>> ListGivenUpAsync(IStoreTransaction transaction, string idPrefix)
    {
        var rows = await transaction.ScanAsync(GivenUpTable, idPrefix).ConfigureAwait(false);
        return [.. rows.Select(row => row.Key)];
    }

    public async ValueTask<IReadOnlyList<WindowAggregate>> ListWithheldAsync(IStoreTransaction transaction, string idPrefix)
    {
        var rows = await transaction.ScanAsync(WithheldTable, idPrefix).ConfigureAwait(false);
        return [.. rows.Select(row => WindowAggregateFormat.Read(row.Value))];
    }

    private static string? KeyOf(byte[] checkpoint)
    {
        try
        {
            return JsonSerializer.Deserialize<Checkpoint>(checkpoint)?.KeyFingerprint;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
