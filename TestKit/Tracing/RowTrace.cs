using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>Which rows went into which stage and which came out, and their times behind the parser. Rows are named by their
/// number. <c>seen</c> is when rows passed, for the stage behind which they have times.</summary>
internal sealed class RowTrace
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Stage, bool IsOut), HashSet<long>> _seen = [];
    private readonly Dictionary<long, (long EventMs, long? ArrivalMs, long SeenMs)> _times = [];
    private readonly Dictionary<long, DeadLetter> _deadLetters = [];

    public void Note(string stage, bool isOut, EventBatch batch, DateTimeOffset? seen = null)
    {
        lock (_lock)
        {
            if (!_seen.TryGetValue((stage, isOut), out var rows))
            {
                _seen.Add((stage, isOut), rows = []);
            }

            foreach (var row in batch.SelectedRows)
            {
                var position = batch.FirstPosition + row;
                rows.Add(position);
                if (seen is { } at)
                {
                    long? arrival = batch.Has(RowSchema.Arrival) ? batch.Int64(RowSchema.Arrival).Values[row] : null;
                    _times[position] = (batch.Int64(RowSchema.EventTime).Values[row], arrival == Int64Column.Missing ? null : arrival, at.ToUnixTimeMilliseconds());
                }
            }
        }
    }

    public void Note(DeadLetter letter)
    {
        lock (_lock)
        {
            _deadLetters.TryAdd(letter.Position, letter);
        }
    }

    public bool Saw(string stage, bool isOut, long position)
    {
        lock (_lock)
        {
            return _seen.TryGetValue((stage, isOut), out var rows) && rows.Contains(position);
        }
    }

    public (long EventMs, long? ArrivalMs, long SeenMs)? Times(long position)
    {
        lock (_lock)
        {
            return _times.TryGetValue(position, out var times) ? times : null;
        }
    }

    public DeadLetter? DeadLetterOf(long position)
    {
        lock (_lock)
        {
            return _deadLetters.TryGetValue(position, out var letter) ? letter : null;
        }
    }
}
