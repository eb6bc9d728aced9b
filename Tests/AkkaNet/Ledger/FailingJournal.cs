using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Persistence;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>A journal in memory that fails as a test tells it, by persistence id.</summary>
public sealed class FailingJournal : StrictJournal
{
    public const string Plugin = "akka.persistence.journal.failing";

    public static readonly string Hocon = HoconOf(Plugin, typeof(FailingJournal));

    /// <summary>What the next writes meet, in order.</summary>
    public static ConcurrentDictionary<string, ConcurrentQueue<JournalFault>> Faults { get; } = new();

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        var fault = JournalFault.None;
        if (Faults.TryGetValue(writes[0].PersistenceId, out var queue) && !queue.TryDequeue(out fault))
        {
            fault = JournalFault.None;
        }

        switch (fault)
        {
            case JournalFault.Fails:
                throw new IOException("the disk is gone");
            case JournalFault.Rejects:
                return writes.Select(_ => (Exception)new InvalidDataException("no")).ToImmutableList();
            case JournalFault.StoresAndFails:
                await base.WriteMessagesAsync(writes, cancellationToken).ConfigureAwait(false);
                throw new TimeoutException("the answer was lost");
            case JournalFault.Hangs:
                return await new TaskCompletionSource<IImmutableList<Exception>>().Task.ConfigureAwait(false);
            default:
                return await base.WriteMessagesAsync(writes, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>What a write meets.</summary>
public enum JournalFault
{
    None,
    Fails,
    Rejects,
    StoresAndFails,

    /// <summary>Nothing is stored, and no answer ever comes.</summary>
    Hangs,
}
