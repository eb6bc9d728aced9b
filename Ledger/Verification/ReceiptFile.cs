using System.Text;
using System.Text.Json;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.Verification;

/// <summary>An event as it is stored, and its hash.</summary>
internal sealed record ReceiptEvent(long Version, string Type, string Payload, string Hash);

/// <summary>
/// A charge with the events that follow it, as a file: <c>{"form":"akkaprivacy-receipt/1","release","account","receipt",
/// "events":[{"version","type","payload","hash"}],"head":{"version","hash"}}</c>.
/// </summary>
/// <remarks>Each event holds the hash of the one before it, so the head's hash is fixed by the charge and by everything
/// that follows: who knows the head's hash from elsewhere knows that the charge is part of that history. Without it the file
/// proves no more than that it does not contradict itself, since anybody can write one. It says nothing about the released
/// values, which no event holds.</remarks>
internal sealed record ReceiptFile(string Release, string Account, IReadOnlyList<ReceiptEvent> Events)
{
    /// <summary>The form.</summary>
    public const string Form = "akkaprivacy-receipt/1";

    /// <summary>A receipt holds at most so many events; an account that went on further has no receipt for so old a release.</summary>
    public const int MostEvents = 10_000;

    /// <summary>The newest event.</summary>
    public ReceiptEvent Head => Events[^1];

    /// <summary>Reads the parts of a receipt from the store.</summary>
    /// <returns>The receipt, or null where there is no such release.</returns>
    /// <exception cref="LedgerCorruptException">What is stored does not fit together, or more than <see cref="MostEvents"/> follow.</exception>
    public static async ValueTask<ReceiptFile?> OfAsync(IStoreTransaction transaction, string id)
    {
        if (await ReleaseReader.GetAsync(transaction, id).ConfigureAwait(false) is not { } release)
        {
            return null;
        }

        var account = release.Id.Account;
        var stored = await transaction.ReadStreamAsync(AccountHistory.Stream(account), release.Receipt.LedgerVersion - 1, MostEvents + 1).ConfigureAwait(false);
        if (stored.Count == 0 || stored.Count > MostEvents)
        {
            throw new LedgerCorruptException(stored.Count == 0
                ? $"Release '{id}': its account has no charge {release.Receipt.LedgerVersion} on this store."
                : $"Release '{id}': more than {MostEvents} events follow its charge.");
        }

        var file = new ReceiptFile(id, account, [.. stored.Select(item => new ReceiptEvent(
            item.Version, item.Type, Encoding.UTF8.GetString(item.Payload), LedgerEventCodec.Hash(item.Type, item.Payload)))]);
        return file.Fault() is { } fault ? throw new LedgerCorruptException($"Release '{id}': {fault}.") : file;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is no receipt.</exception>
    public static ReceiptFile Read(byte[] utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            var root = json.RootElement;
            var file = new ReceiptFile(Text(root, "release"), Text(root, "account"), [.. root.GetProperty("events").EnumerateArray().Select(item => new ReceiptEvent(
                item.GetProperty("version").GetInt64(), Text(item, "type"), Text(item, "payload"), Text(item, "hash")))]);
            var head = root.GetProperty("head");
            return Text(root, "form") == Form && file.Events.Count > 0 && Text(head, "hash") == file.Head.Hash && head.GetProperty("version").GetInt64() == file.Head.Version
                ? file
                : throw new FormatException($"it is no receipt of form {Form}");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"it is no receipt of form {Form}", failure);
        }
    }

    /// <summary>What contradicts itself in the receipt, or null.</summary>
    public string? Fault()
    {
        var prev = "";
        for (var i = 0; i < Events.Count; i++)
        {
            var item = Events[i];
            var payload = Encoding.UTF8.GetBytes(item.Payload);
            if (LedgerEventCodec.Hash(item.Type, payload) != item.Hash)
            {
                return $"the hash of event {item.Version} is not that of its content";
            }

            try
            {
                var happened = LedgerEventCodec.Decode(item.Type, payload, i == 0 ? Prev(payload) : prev);
                if (i == 0 && (happened is not BudgetCharged charge || charge.Release != Release || !Release.StartsWith(Account + "|", StringComparison.Ordinal)))
                {
                    return $"event {item.Version} is not the charge of the release";
                }
            }
            catch (FormatException failure)
            {
                return $"event {item.Version}: {failure.Message}";
            }

            if (item.Version != Events[0].Version + i)
            {
                return $"event {item.Version} is not where it should be";
            }

            prev = item.Hash;
        }

        return null;
    }

    /// <summary>The charge.</summary>
    public BudgetCharged Charge() => (BudgetCharged)LedgerEventCodec.Decode(
        Events[0].Type, Encoding.UTF8.GetBytes(Events[0].Payload), Prev(Encoding.UTF8.GetBytes(Events[0].Payload)));

    private static string Prev(byte[] payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            return Text(json.RootElement, "prev");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("its payload is malformed", failure);
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"field '{name}' is null");
}
