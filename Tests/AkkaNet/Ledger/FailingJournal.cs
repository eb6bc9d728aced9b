using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>A journal in memory that fails as a test tells it, by persistence id.</summary>
public sealed class FailingJournal : MemoryJournal
{
    public const string Plugin = "akka.persistence.journal.failing";

    public static readonly string Hocon =
        $"{Plugin} {{ class = \"{typeof(FailingJournal).AssemblyQualifiedName}\", plugin-dispatcher = \"akka.actor.default-dispatcher\" }}";

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
}
