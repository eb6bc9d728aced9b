using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>Stores releases and appends them to the outbox (<see cref="ReleaseTables"/>).</summary>
internal static class ReleaseWriter
{
    /// <summary>The stored release, or null.</summary>
    /// <exception cref="LedgerCorruptException">The row is no release.</exception>
    public static async ValueTask<Release?> FindAsync(IStoreTransaction transaction, ReleaseId id)
    {
        var key = id.ToString();
        var value = await transaction.GetAsync(ReleaseTables.Releases, key).ConfigureAwait(false);
        return value is null ? null : Read(key, value);
    }

    /// <summary>Reads a stored release.</summary>
    /// <exception cref="LedgerCorruptException">The row is no release.</exception>
    public static Release Read(string id, byte[] value)
    {
        try
        {
            return ReleaseJson.Read(value);
        }
        catch (FormatException failure)
        {
            throw new LedgerCorruptException($"Release '{id}' is stored but cannot be read: {failure.Message}.", failure);
        }
    }

    /// <summary>Refuses drawn values that could not be published, before anything is charged.</summary>
    /// <exception cref="InvalidOperationException">They break the contract of <see cref="DrawnValues"/>.</exception>
    public static DrawnValues Check(DrawnValues drawn)
    {
        if (drawn is null || !(drawn.Confidence > 0 && drawn.Confidence < 1))
        {
            throw new InvalidOperationException("A draw must give values, with a confidence between 0 and 1. Nothing was charged.");
        }

        return drawn.Groups.All(group => group.Key.Count == drawn.GroupBy.Count)
            ? drawn
            : throw new InvalidOperationException("A draw gave a group whose key has another number of parts than there are group-by fields. Nothing was charged.");
    }

    /// <summary>A release of its parts.</summary>
    public static Release Build(ReleaseId id, DrawnValues drawn, Receipt receipt) => new()
    {
        Id = id,
        Aggregate = drawn.Aggregate,
        Mechanism = drawn.Mechanism,
        GroupBy = drawn.GroupBy,
        Groups = drawn.Groups,
        Confidence = drawn.Confidence,
        Receipt = receipt,
    };

    /// <summary>Stores a release and appends it to the outbox.</summary>
    public static async ValueTask<Release> AddAsync(IStoreTransaction transaction, Release release)
    {
        var id = release.Id.ToString();
        var sequence = await OutboxReader.LastAsync(transaction).ConfigureAwait(false) + 1;
        var number = ReleaseTables.SequenceKey(sequence);
        await transaction.PutAsync(ReleaseTables.Releases, id, ReleaseJson.ToUtf8(release)).ConfigureAwait(false);
        await transaction.PutAsync(ReleaseTables.Outbox, number, Encoding.UTF8.GetBytes(id)).ConfigureAwait(false);
        await transaction.PutAsync(ReleaseTables.OutboxSequence, ReleaseTables.SequenceRow, Encoding.UTF8.GetBytes(number)).ConfigureAwait(false);
        return release;
    }
}
