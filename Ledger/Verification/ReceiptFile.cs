using System.Text;
using System.Text.Json;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.Verification;

/// <summary>An event as it is stored, and its hash.</summary>
internal sealed record ReceiptEvent(long Version, string Type, string Payload, string Hash);

/// <summary>
/// A charge with the events that follow it, the release that it paid for and its charges in the accounts above
/// (<see cref="ReceiptText"/> has the form).
/// </summary>
/// <remarks>Each event holds the hash of the one before it, so the head's hash is fixed by the charge and by everything
/// that follows: who knows the head's hash from elsewhere knows that the charge is part of that history, and, since a charge
/// holds the <see cref="ReleaseCommitment"/>, that these values were charged. Without it the file proves no more than that it does
/// not contradict itself, since anybody can write one. Charges that were made before they held it say nothing about values.</remarks>
internal sealed record ReceiptFile(string Release, string Account, IReadOnlyList<ReceiptEvent> Events)
{
    /// <summary>A receipt holds at most so many events; an account that went on further has no receipt for so old a release.</summary>
    public const int MostEvents = 10_000;

    /// <summary>The release; null in files of form 1.</summary>
    public Release? Released { get; init; }

    /// <summary>The charges in the accounts above, as <see cref="ReceiptProof.Above"/> lists them.</summary>
    public IReadOnlyList<ReceiptEvent> Above { get; init; } = [];

    /// <summary>The newest event.</summary>
    public ReceiptEvent Head => Events[^1];

    /// <summary>What binds the values; null where nothing does.</summary>
    public ReceiptProof? Proof => Released?.Receipt.Proof;

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
        var events = await ReadAsync(transaction, account, release.Receipt.LedgerVersion, MostEvents + 1).ConfigureAwait(false);
        if (events.Count == 0 || events.Count > MostEvents)
        {
            throw new LedgerCorruptException(events.Count == 0
                ? $"Release '{id}': its account has no charge {release.Receipt.LedgerVersion} on this store."
                : $"Release '{id}': more than {MostEvents} events follow its charge.");
        }

        var above = new List<ReceiptEvent>();
        foreach (var charge in release.Receipt.Proof?.Above ?? [])
        {
            above.AddRange(await ReadAsync(transaction, charge.Account, charge.LedgerVersion, 1).ConfigureAwait(false));
        }

        var file = new ReceiptFile(id, account, events) { Released = release, Above = above };
        return file.Fault() is { } fault ? throw new LedgerCorruptException($"Release '{id}': {fault}.") : file;
    }

    /// <summary>What contradicts itself in the receipt, or null.</summary>
    public string? Fault() => ChainFault() ?? (Released is null ? null : ReceiptCheck.Fault(this, Released, Charge()));

    /// <summary>The charge.</summary>
    public BudgetCharged Charge() => (BudgetCharged)LedgerEventCodec.Decode(
        Events[0].Type, Encoding.UTF8.GetBytes(Events[0].Payload), Prev(Events[0]));

    /// <summary>The hash of the event before one, as that one holds it.</summary>
    /// <exception cref="FormatException">It holds none.</exception>
    public static string Prev(ReceiptEvent item)
    {
        try
        {
            using var json = JsonDocument.Parse(item.Payload);
            return json.RootElement.GetProperty("prev").GetString() ?? throw new FormatException("its payload is malformed");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("its payload is malformed", failure);
        }
    }

    private static async ValueTask<IReadOnlyList<ReceiptEvent>> ReadAsync(IStoreTransaction transaction, string account, long version, int limit)
    {
        var stored = await transaction.ReadStreamAsync(AccountHistory.Stream(account), version - 1, limit).ConfigureAwait(false);
        return [.. stored.Select(item => new ReceiptEvent(item.Version, item.Type, Encoding.UTF8.GetString(item.Payload), LedgerEventCodec.Hash(item.Type, item.Payload)))];
    }

    private string? ChainFault()
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
                var happened = LedgerEventCodec.Decode(item.Type, payload, i == 0 ? Prev(item) : prev);
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
}
