using System.Collections.Immutable;

namespace AkkaPrivacy.Engine.Stages;

/// <summary>Where a row stood that was not processed, and why. Never what was in it.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Partition">Partition of the source, from 0.</param>
/// <param name="Position">Line number from 1, or offset.</param>
/// <param name="Field">The field at fault by its name in the data map, or empty.</param>
public readonly record struct DeadLetter(DeadLetterReason Reason, int Partition, long Position, string Field);

/// <summary>Counts rows that were not processed, keeps the first positions of each reason, and hands all of them to
/// an optional listener (a file). Safe for concurrent use.</summary>
/// <remarks>Behind a branch every query judges rows by itself, and most rows that one leaves out the others leave out too.
/// So the queries have books of their own (<see cref="ForQuery"/>), and a reason counts here with the most that any one
/// query has left out for it: a row is not counted once for each query.</remarks>
/// <param name="listener">Called for each dead letter, from any lane; null for none.</param>
public sealed class DeadLetters(Action<DeadLetter>? listener = null)
{
    /// <summary>Positions kept for each reason.</summary>
    public const int SamplesPerReason = 5;

    private static readonly int Reasons = Enum.GetValues<DeadLetterReason>().Length;
    private readonly long[] _counts = new long[Reasons];
    private readonly long[] _marked = new long[Reasons];
    private int[] _markedSamples = new int[Reasons];
    private long _markedFields;
    private readonly List<DeadLetter>[] _samples = [.. Enumerable.Range(0, Reasons).Select(_ => new List<DeadLetter>(SamplesPerReason))];
    private readonly Lock _lock = new();
    private readonly List<(string Query, DeadLetters Book)> _queries = [];
    private long _unmappedFields;

    /// <summary>Fields outside the data map that were dropped, in all rows. They are no fault of a row and not dead letters.</summary>
    public long UnmappedFields => Interlocked.Read(ref _unmappedFields);

    /// <summary>Counts by reason; reasons that did not occur are absent.</summary>
    public ImmutableSortedDictionary<DeadLetterReason, long> Counts => Enum.GetValues<DeadLetterReason>()
        .Select(reason => (Reason: reason, Rows: CountOf(reason)))
        .Where(pair => pair.Rows > 0)
        .ToImmutableSortedDictionary(pair => pair.Reason, pair => pair.Rows);

    /// <summary>The first few of each reason.</summary>
    public IReadOnlyList<DeadLetter> Samples
    {
        get
        {
            lock (_lock)
            {
                return [.. _samples.SelectMany(list => list)];
            }
        }
    }

    /// <summary>The book of one query, for the stages of its branch in all lanes.</summary>
    /// <param name="query">The query's name, or the names of queries that share a window.</param>
    /// <returns>The book; the same one for the same name.</returns>
    public DeadLetters ForQuery(string query)
    {
        lock (_lock)
        {
            var known = _queries.FindIndex(entry => entry.Query == query);
            if (known < 0)
            {
                // Positions are told once, by the query that stands first.
                known = _queries.Count;
                _queries.Add((query, new DeadLetters(known == 0 ? Tell : null)));
            }

            return _queries[known].Book;
        }
    }

    /// <summary>Reports a row.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="partition">Partition of the source.</param>
    /// <param name="position">Place in the partition.</param>
    /// <param name="field">The field's name in the data map, or empty.</param>
    public void Report(DeadLetterReason reason, int partition, long position, string field = "")
    {
        Interlocked.Increment(ref _counts[(int)reason]);
        Tell(new DeadLetter(reason, partition, position, field));
    }

    /// <summary>Counts rows of one reason without their positions, for reasons that many good rows have (late, sampled).</summary>
    /// <param name="reason">Why.</param>
    /// <param name="rows">How many.</param>
    public void Count(DeadLetterReason reason, long rows) => Interlocked.Add(ref _counts[(int)reason], rows);

    /// <summary>Counts fields outside the data map that were dropped.</summary>
    /// <param name="fields">How many.</param>
    public void CountUnmapped(long fields) => Interlocked.Add(ref _unmappedFields, fields);

    /// <summary>Remembers the counts, to which <see cref="GoBack"/> returns. No row may be on its way.</summary>
    internal void Mark()
    {
        lock (_lock)
        {
            _counts.CopyTo(_marked, 0);
            (_markedFields, _markedSamples) = (_unmappedFields, [.. _samples.Select(list => list.Count)]);
            _queries.ForEach(query => query.Book.Mark());
        }
    }

    /// <summary>Rows since the last <see cref="Mark"/> will come again and count then. The listener is told again.</summary>
    internal void GoBack()
    {
        lock (_lock)
        {
            _marked.CopyTo(_counts, 0);
            _unmappedFields = _markedFields;
            for (var reason = 0; reason < Reasons; reason++)
            {
                _samples[reason].RemoveRange(_markedSamples[reason], _samples[reason].Count - _markedSamples[reason]);
            }

            _queries.ForEach(query => query.Book.GoBack());
        }
    }

    private void Tell(DeadLetter letter)
    {
        var samples = _samples[(int)letter.Reason];
        lock (_lock)
        {
            if (samples.Count < SamplesPerReason)
            {
                samples.Add(letter);
            }
        }

        listener?.Invoke(letter);
    }

    private long CountOf(DeadLetterReason reason)
    {
        var rows = Volatile.Read(ref _counts[(int)reason]);
        lock (_lock)
        {
            return _queries.Count == 0 ? rows : rows + _queries.Max(entry => entry.Book.CountOf(reason));
        }
    }
}
