using System.Collections.Concurrent;
using System.Collections.Immutable;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Stages;

/// <summary>Counts rows that were not processed, keeps the first positions of each reason, and hands positions to an optional
/// listener and to side outputs. Safe for concurrent use.</summary>
/// <remarks>Behind a branch every query judges rows by itself, and most rows that one leaves out the others leave out too.
/// So the queries have books of their own (<see cref="ForQuery"/>), and a reason counts here with the most that any one
/// query has left out for it: a row is not counted once for each query. Positions are told by each query under its name;
/// a missing subject, which all queries miss, only by the first.</remarks>
public sealed class DeadLetters
{
    /// <summary>Positions kept for each reason.</summary>
    public const int SamplesPerReason = 5;

    private const string WindowPrefix = "window:";

    private static readonly int Reasons = Enum.GetValues<DeadLetterReason>().Length;
    private readonly long[] _counts = new long[Reasons];
    private Marks _marked = new();
    private Marks _kept = new();
    private readonly List<DeadLetter>[] _samples = [.. Enumerable.Range(0, Reasons).Select(_ => new List<DeadLetter>(SamplesPerReason))];
    private readonly Lock _lock = new();
    private readonly List<(string Query, DeadLetters Book)> _queries = [];
    private readonly Action<DeadLetter>? _listener;
    private readonly IReadOnlyList<SideOutput> _outputs;
    private readonly ConcurrentDictionary<int, SourcePosition?> _places = [];
    private readonly DeadLetters? _whole;
    private readonly string? _query;
    private int _untold = -1;
    private readonly long _wanted;
    private IEventSource? _source;
    private int _lastPartition = -1;
    private long _full;
    private long _run;
    private long _unmappedFields;

    /// <summary>A book that tells one listener.</summary>
    /// <param name="listener">Called for each position of a fault (<see cref="SideOutputReasons.Faults"/>), from any lane; null for none.</param>
    public DeadLetters(Action<DeadLetter>? listener = null)
        : this(listener, [])
    {
    }

    internal DeadLetters(Action<DeadLetter>? listener, IReadOnlyList<SideOutput> outputs)
    {
        (_listener, _outputs) = (listener, outputs);
        _wanted = outputs.Aggregate(0L, (bits, output) => bits | Bits(output.Reasons)) | (listener is null ? 0 : Bits(SideOutputReasons.Faults));
    }

    private DeadLetters(DeadLetters whole, string query, bool isFirst)
        : this()
    {
        // The names of windows stand for their queries.
        (_whole, _query) = (whole, query.StartsWith(WindowPrefix, StringComparison.Ordinal) ? query[WindowPrefix.Length..] : query);
        _untold = isFirst ? -1 : (int)DeadLetterReason.MissingField;
    }

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
                known = _queries.Count;
                _queries.Add((query, new DeadLetters(this, query, isFirst: known == 0)));
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

    /// <summary>Reports a row of a batch.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="row">The row's index in it.</param>
    /// <param name="field">The field's name in the data map, or empty.</param>
    public void Report(DeadLetterReason reason, EventBatch batch, int row, string field = "") =>
        Report(reason, batch.Partition, batch.FirstPosition + row, field);

    /// <summary>Whether anyone still wants positions of a reason. Stages that leave many good rows out ask before they tell each
    /// one; it costs two reads of memory.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>False when a position would be told to nobody and kept as no sample.</returns>
    public bool Wants(DeadLetterReason reason) => _whole is { } whole
        ? (int)reason != _untold && whole.Wants(reason)
        : ((_wanted | ~Volatile.Read(ref _full)) >> (int)reason & 1) != 0;

    /// <summary>Tells the position of a row that <see cref="Count"/> counts.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="row">The row's index in it.</param>
    /// <param name="window">The window that the row fell in; null when it is not known.</param>
    public void Tell(DeadLetterReason reason, EventBatch batch, int row, TimeWindow? window = null) =>
        Tell(new DeadLetter(reason, batch.Partition, batch.FirstPosition + row, string.Empty) { Window = window });

    /// <summary>Counts rows of one reason without their positions, for reasons that many good rows have (late, sampled).</summary>
    /// <param name="reason">Why.</param>
    /// <param name="rows">How many.</param>
    public void Count(DeadLetterReason reason, long rows) => Interlocked.Add(ref _counts[(int)reason], rows);

    /// <summary>Counts fields outside the data map that were dropped.</summary>
    /// <param name="fields">How many.</param>
    public void CountUnmapped(long fields) => Interlocked.Add(ref _unmappedFields, fields);

    /// <summary>Notes the counts at a barrier. No row may be on its way.</summary>
    internal void Mark()
    {
        lock (_lock)
        {
            _counts.CopyTo(_marked.Counts, 0);
            _marked.Fields = _unmappedFields;
            for (var reason = 0; reason < Reasons; reason++)
            {
                _marked.Samples[reason] = _samples[reason].Count;
            }

            _queries.ForEach(query => query.Book.Mark());
        }
    }

    /// <summary>What was marked last has been stored: <see cref="GoBack"/> returns to it. Rows may be on their way.</summary>
    internal void Keep()
    {
        lock (_lock)
        {
            (_marked, _kept) = (_kept, _marked);
            _queries.ForEach(query => query.Book.Keep());
        }
    }

    /// <summary>Rows since the barrier that was kept last will come again and count then. The listener is told again.</summary>
    internal void GoBack()
    {
        lock (_lock)
        {
            _kept.Counts.CopyTo(_counts, 0);
            _unmappedFields = _kept.Fields;
            for (var reason = 0; reason < Reasons; reason++)
            {
                _samples[reason].RemoveRange(_kept.Samples[reason], _samples[reason].Count - _kept.Samples[reason]);
            }

            _full = 0;
            _queries.ForEach(query => query.Book.GoBack());
        }
    }

    /// <summary>Another plan takes over while no row is on its way: what the queries before have left out stays counted, and the
    /// new ones begin at none.</summary>
    /// <param name="queries">The names of the new plan's queries, as <see cref="ForQuery"/> knows them.</param>
    internal void TakeUp(IReadOnlyList<string> queries)
    {
        lock (_lock)
        {
            for (var reason = 0; reason < Reasons && _queries.Count > 0; reason++)
            {
                _counts[reason] += _queries.Max(query => query.Book._counts[reason]);
            }

            foreach (var (query, book) in _queries)
            {
                Array.Clear(book._counts);
                book._untold = query == queries[0] ? -1 : (int)DeadLetterReason.MissingField;
            }
        }
    }

    /// <summary>Begins a run: what is told from now on carries its number and the names of the source's partitions.</summary>
    internal void Begin(long run, IEventSource source)
    {
        (_run, _source, _lastPartition) = (run, source, -1);
        _places.Clear();
    }

    /// <summary>Looks a batch's partition up on the reader's thread, before lanes can tell of its rows.</summary>
    internal void Note(int partition)
    {
        if (_wanted != 0 && partition != _lastPartition)
        {
            _ = PlaceOf(_lastPartition = partition);
        }
    }

    /// <summary>Lets side outputs make durable what they were told.</summary>
    internal void Flush()
    {
        foreach (var output in _outputs)
        {
            output.Output.Flush();
        }
    }

    private void Tell(DeadLetter letter)
    {
        if (_whole is { } whole)
        {
            if ((int)letter.Reason != _untold)
            {
                whole.Tell(letter with { Query = _query });
            }

            return;
        }

        if ((Volatile.Read(ref _full) >> (int)letter.Reason & 1) == 0)
        {
            Keep(letter);
        }

        if ((_wanted >> (int)letter.Reason & 1) == 0)
        {
            return;
        }

        var place = PlaceOf(letter.Partition);
        letter = letter with { Source = place?.Partition, Identity = place?.Identity, Run = _run };
        if (_listener is not null && SideOutputReasons.Faults.Contains(letter.Reason))
        {
            _listener(letter);
        }

        foreach (var output in _outputs)
        {
            if (output.Reasons.Contains(letter.Reason))
            {
                output.Output.Add(letter);
            }
        }
    }

    private void Keep(DeadLetter letter)
    {
        lock (_lock)
        {
            var samples = _samples[(int)letter.Reason];
            if (samples.Count < SamplesPerReason)
            {
                samples.Add(letter);
            }

            if (samples.Count == SamplesPerReason)
            {
                Volatile.Write(ref _full, _full | (1L << (int)letter.Reason));
            }
        }
    }

    // Sources report lines by themselves on the reader's thread, where they may be asked for places.
    private SourcePosition? PlaceOf(int partition) =>
        _places.TryGetValue(partition, out var known) ? known : _places.GetOrAdd(partition, _source?.PartitionAt(partition));

    private static long Bits(IEnumerable<DeadLetterReason> reasons) => reasons.Aggregate(0L, (bits, reason) => bits | (1L << (int)reason));

    private long CountOf(DeadLetterReason reason)
    {
        var rows = Volatile.Read(ref _counts[(int)reason]);
        lock (_lock)
        {
            return _queries.Count == 0 ? rows : rows + _queries.Max(entry => entry.Book.CountOf(reason));
        }
    }

    // The counts of one moment.
    private sealed class Marks
    {
        public long[] Counts { get; } = new long[Reasons];

        public int[] Samples { get; } = new int[Reasons];

        public long Fields { get; set; }
    }
}
