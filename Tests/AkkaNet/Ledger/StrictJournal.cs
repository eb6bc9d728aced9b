using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>A journal in memory as a database is one: a second event of the same persistence id and sequence number fails
/// the write, and a replay reads what was stored when it began, whoever writes meanwhile.</summary>
public class StrictJournal : AsyncWriteJournal
{
    public const string StrictPlugin = "akka.persistence.journal.strict";

    public static readonly string StrictHocon = HoconOf(StrictPlugin, typeof(StrictJournal));

    private readonly ConcurrentDictionary<string, ImmutableSortedDictionary<long, IPersistentRepresentation>> _events = new();

    protected static string HoconOf(string plugin, Type type) =>
        $"{plugin} {{ class = \"{type.AssemblyQualifiedName}\", plugin-dispatcher = \"akka.actor.default-dispatcher\" }}";

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        foreach (var stored in Of(persistenceId).Values.Where(stored => stored.SequenceNr >= fromSequenceNr && stored.SequenceNr <= toSequenceNr).Take((int)Math.Min(max, int.MaxValue)))
        {
            recoveryCallback(stored);
        }

        return Task.CompletedTask;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        Task.FromResult(Of(persistenceId) is { IsEmpty: false } events ? events.Keys.Max() : 0);

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        foreach (var write in messages)
        {
            var added = ((IEnumerable<IPersistentRepresentation>)write.Payload).ToList();
            _events.AddOrUpdate(write.PersistenceId, _ => Add(null, added), (_, stored) => Add(stored, added));
        }

        return Task.FromResult<IImmutableList<Exception>>(null!);
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The ledger deletes no event.");

    private static ImmutableSortedDictionary<long, IPersistentRepresentation> Add(
        ImmutableSortedDictionary<long, IPersistentRepresentation>? stored, IEnumerable<IPersistentRepresentation> added) =>
        added.Aggregate(stored ?? ImmutableSortedDictionary<long, IPersistentRepresentation>.Empty, (events, one) => events.ContainsKey(one.SequenceNr)
            ? throw new InvalidOperationException($"Event {one.SequenceNr} of {one.PersistenceId} is there.")
            : events.Add(one.SequenceNr, one));

    private ImmutableSortedDictionary<long, IPersistentRepresentation> Of(string persistenceId) =>
        _events.GetValueOrDefault(persistenceId) ?? ImmutableSortedDictionary<long, IPersistentRepresentation>.Empty;
}
