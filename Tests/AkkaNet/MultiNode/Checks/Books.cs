using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;

/// <summary>What a journal and a store hold, as plain rows.</summary>
internal sealed class Books
{
    public required IReadOnlyList<Opening> Openings { get; init; }

    public required IReadOnlyList<Charge> Charges { get; init; }

    /// <summary>Releases of the store, by id.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Stored { get; init; }

    public required IReadOnlyList<(long Sequence, string Id)> Outbox { get; init; }

    public required IReadOnlyList<string> Withheld { get; init; }

    /// <summary>Lines of the sink.</summary>
    public required IReadOnlyList<JsonElement> Published { get; init; }

    public required IReadOnlyList<(string Stream, long Sequence)> Sequences { get; init; }

    public static Books Read(string journal, string? store)
    {
        var events = Sql.Rows(
            journal,
            "SELECT persistence_id, manifest, message FROM journal WHERE persistence_id LIKE 'ledger/%' ORDER BY persistence_id, sequence_number",
            row => (Account: row.GetString(0)["ledger/".Length..], Form: row.GetString(1), Json: Json((byte[])row[2])));
        var kept = store is null ? [] : Sql.Rows(
            store,
            "SELECT stream, type, payload FROM events WHERE stream LIKE 'ledger/%' ORDER BY stream, version",
            row => (Account: row.GetString(0)["ledger/".Length..], Form: row.GetString(1), Json: Json((byte[])row[2])));
        var openings = events.Concat(kept).Where(e => e.Form == "opened/1");
        var settled = events.Where(e => e.Form is "released/1" or "released/2").Select(e => Charge.Of(e.Account, e.Json.GetProperty("charge"), e.Json.GetProperty("release")));
        var charged = kept.Where(e => e.Form is "charged/1" or "charged/2").Select(e => Charge.Of(e.Account, e.Json, null));
        return new Books
        {
            Openings = [.. openings.Select(e => new Opening(e.Account, e.Json.GetProperty("budget_loss").GetInt64()))],
            Charges = [.. settled, .. charged],
            Stored = Table(store, "releases").ToDictionary(row => row.Key, row => Json(row.Value)),
            Outbox = [.. Table(store, "outbox").Select(row => (long.Parse(row.Key, CultureInfo.InvariantCulture), Encoding.UTF8.GetString(row.Value)))],
            Withheld = [.. Table(store, "withheld").Select(row => row.Key)],
            Published = store is null || !File.Exists(store + ".jsonl") ? [] : [.. Whole(store + ".jsonl").Select(line => Json(Encoding.UTF8.GetBytes(line)))],
            Sequences = Sql.Rows(journal, "SELECT persistence_id, sequence_number FROM journal ORDER BY 1, 2", row => (row.GetString(0), row.GetInt64(1))),
        };
    }

    private static List<(string Key, byte[] Value)> Table(string? store, string table) =>
        store is null ? [] : Sql.Rows(store, $"SELECT key, value FROM rows WHERE tbl = '{table}' ORDER BY key", row => (row.GetString(0), (byte[])row[1]));

    // A line that a crash has torn is no publication; the next run completes or removes it.
    private static IEnumerable<string> Whole(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var text = reader.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static JsonElement Json(byte[] utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return document.RootElement.Clone();
    }
}

internal sealed record Opening(string Account, long Budget);

/// <summary>A charge, and the values that were stored with it where the ledger does so.</summary>
internal sealed record Charge(string Account, string Release, long Period, long Window, long End, string Group, int MaxWindows, long Loss, JsonElement? Values)
{
    public static Charge Of(string account, JsonElement json, JsonElement? values) => new(
        account,
        json.GetProperty("release").GetString()!,
        json.GetProperty("period_start_ms").GetInt64(),
        json.GetProperty("window_start_ms").GetInt64(),
        json.GetProperty("window_end_ms").GetInt64(),
        json.GetProperty("composition_group").GetString()!,
        json.GetProperty("max_windows").GetInt32(),
        json.GetProperty("loss").GetInt64(),
        values);
}
