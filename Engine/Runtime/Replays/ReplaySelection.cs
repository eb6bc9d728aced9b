using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Replays;

/// <summary>Which places a replay reads: those of rows that the stored state has certainly left out, and no query has counted.</summary>
/// <param name="checkpoint">The stored state.</param>
/// <param name="starts">Where runs began.</param>
/// <param name="hasOneBranch">Whether all queries share one bounded window, so that a row that one left out, all left out.</param>
internal sealed class ReplaySelection(Checkpoint checkpoint, SortedList<long, RunStart> starts, bool hasOneBranch)
{
    private readonly Dictionary<(string Source, long Position), ReplayRefusal?> _verdicts = [];
    private readonly Dictionary<string, (long[] Positions, bool[] Found)> _sources = [];

    /// <summary>Content that the sources must still have.</summary>
    public HashSet<(string Source, string Identity)> Identities { get; } = [];

    /// <summary>Different places that were asked for.</summary>
    public long Places => _verdicts.Count;

    /// <summary>Places that are read, by source.</summary>
    public IEnumerable<string> Sources => _sources.Keys;

    /// <summary>Places that were met so far.</summary>
    public long Found { get; private set; }

    /// <summary>Places that are still to come.</summary>
    public long Missing => _sources.Values.Sum(source => source.Positions.LongLength) - Found;

    /// <summary>Judges places. A place is read when any line of it stands for a row that is left out.</summary>
    public void Add(IEnumerable<DeadLetter> letters)
    {
        foreach (var letter in letters)
        {
            var place = (letter.Source ?? string.Empty, letter.Position);
            var refusal = Judge(letter);
            if (refusal is null)
            {
                Identities.Add((letter.Source!, letter.Identity ?? string.Empty));
                _verdicts[place] = null;
            }
            else
            {
                _verdicts.TryAdd(place, refusal);
            }
        }
    }

    /// <summary>Takes out what was replayed before, and closes the selection.</summary>
    public void Close(Func<string, long[]> replayed)
    {
        foreach (var source in _verdicts.Where(pair => pair.Value is null).GroupBy(pair => pair.Key.Source, pair => pair.Key.Position).ToList())
        {
            var before = replayed(source.Key);
            foreach (var twice in source.Where(position => Array.BinarySearch(before, position) >= 0))
            {
                _verdicts[(source.Key, twice)] = ReplayRefusal.AlreadyReplayed;
            }

            var left = source.Where(position => Array.BinarySearch(before, position) < 0).Order().ToArray();
            if (left.Length > 0)
            {
                _sources.Add(source.Key, (left, new bool[left.Length]));
            }
        }
    }

    /// <summary>Leaves the rows of a batch selected that are to be read.</summary>
    /// <returns>False when there is none.</returns>
    public bool Keep(EventBatch batch, string source)
    {
        if (!_sources.TryGetValue(source, out var wanted))
        {
            return false;
        }

        var at = Array.BinarySearch(wanted.Positions, batch.FirstPosition);
        at = at < 0 ? ~at : at;
        var any = false;
        for (var row = 0; row < batch.Count; row++)
        {
            var hit = at < wanted.Positions.Length && wanted.Positions[at] == batch.FirstPosition + row;
            if (hit)
            {
                Meet(wanted.Found, at++);
                any |= batch.IsSelected(row);
            }
            else
            {
                batch.Deselect(row);
            }
        }

        return any;
    }

    /// <summary>Whether a line that the source itself leaves out is to be read.</summary>
    public bool Meets(string source, long position)
    {
        if (!_sources.TryGetValue(source, out var wanted) || Array.BinarySearch(wanted.Positions, position) is var at && at < 0)
        {
            return false;
        }

        Meet(wanted.Found, at);
        return true;
    }

    /// <summary>The positions of a source that were met.</summary>
    public IEnumerable<long> FoundOf(string source) => _sources[source].Positions.Where((_, i) => _sources[source].Found[i]);

    /// <summary>Places that were refused, by reason.</summary>
    public IEnumerable<(ReplayRefusal Reason, long Places)> Refused() => _verdicts.Values.OfType<ReplayRefusal>()
        .Concat(Enumerable.Repeat(ReplayRefusal.BeyondEnd, (int)Missing))
        .GroupBy(reason => reason, (reason, places) => (reason, (long)places.Count()));

    private void Meet(bool[] found, int at)
    {
        Found += found[at] ? 0 : 1;
        found[at] = true;
    }

    private ReplayRefusal? Judge(DeadLetter letter)
    {
        if (letter.Source is null)
        {
            return ReplayRefusal.NoSource;
        }

        if (letter.Query is not null && !hasOneBranch)
        {
            return ReplayRefusal.OtherQueries;
        }

        var at = starts.IndexOfKey(letter.Run);
        if (at < 0 || starts.Values[at].Since != checkpoint.Since)
        {
            return ReplayRefusal.UnknownRun;
        }

        // What a run left out holds up to where the next one began: behind that, the next one has read it again.
        var stored = at + 1 < starts.Count ? starts.Values[at + 1] : new RunStart(checkpoint.Since, checkpoint.Positions);
        return stored.Since == checkpoint.Since && LineOf(stored.Positions, letter.Source) >= letter.Position ? null : ReplayRefusal.ReadAgain;
    }

    private static long LineOf(IReadOnlyList<SourcePosition> positions, string source) => positions.FirstOrDefault(position => position.Partition == source)?.Line ?? 0;
}
