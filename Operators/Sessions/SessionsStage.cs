using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Operators.Sessions;

/// <summary>Gathers the sessions of each subject and lets them go when the windows that they start in fire.</summary>
/// <param name="columns">Where the columns are.</param>
/// <param name="gapMs">The longest pause.</param>
/// <param name="maxMs">What sessions are cut by.</param>
/// <param name="maxSessions">How many may be held.</param>
internal sealed class SessionsStage(SessionColumns columns, long gapMs, long maxMs, int maxSessions) : Stage<EventBatch, EventBatch>
{
    private const int Version = 1;
    private readonly Dictionary<Token, List<Session>> _subjects = [];
    private long _settledMs = long.MinValue;

    /// <summary>Sessions that are held.</summary>
    public int Count { get; private set; }

    /// <inheritdoc />
    public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
    {
        using (element)
        {
            var (tokens, times) = (element.Tokens(columns.Subject).Values, element.Int64(RowSchema.EventTime).Values);
            var afterFiring = 0;
            foreach (var row in element.SelectedRows)
            {
                if (tokens[row] == default)
                {
                    Context.DeadLetters.Report(DeadLetterReason.MissingField, element, row);
                }
                else if (TimeWindow.FloorTo(times[row], maxMs) < _settledMs)
                {
                    afterFiring++;
                    if (Context.DeadLetters.Wants(DeadLetterReason.AfterFiring))
                    {
                        Context.DeadLetters.Tell(DeadLetterReason.AfterFiring, element, row, TimeWindow.Containing(times[row], maxMs));
                    }
                }
                else
                {
                    Add(tokens[row], SessionBatch.Read(element, row, columns.Fields));
                }
            }

            Context.DeadLetters.Count(DeadLetterReason.AfterFiring, afterFiring);
        }
    }

    /// <inheritdoc />
    public override void OnFrontier(Frontier frontier, IOutlet<EventBatch> outlet)
    {
        var before = frontier.IsEndOfInput ? long.MaxValue : frontier.FireUpToMs;
        var batch = new SessionBatch(columns, Context.Pool, outlet);
        foreach (var (token, sessions) in _subjects)
        {
            foreach (var session in sessions.Where(session => session.Start < before))
            {
                batch.Add(token, session);
            }

            Count -= sessions.RemoveAll(session => session.Start < before);
            if (sessions.Count == 0)
            {
                _subjects.Remove(token);
            }
        }

        batch.Flush();
        _settledMs = Math.Max(_settledMs, frontier.FireUpToMs);
    }

    /// <inheritdoc />
    public override void Snapshot(SnapshotWriter writer)
    {
        writer.Write(Version);
        writer.Write(_settledMs);
        writer.Write(_subjects.Count);
        foreach (var (token, sessions) in _subjects)
        {
            writer.WriteArray<Token>([token]);
            writer.Write(sessions.Count);
            sessions.ForEach(session => session.Write(writer));
        }
    }

    /// <inheritdoc />
    public override void Restore(SnapshotReader reader)
    {
        reader.ReadInt32(Version, Version);
        _settledMs = reader.ReadInt64();
        var subjects = reader.ReadInt32(0, int.MaxValue);
        for (var i = 0; i < subjects; i++)
        {
            var (token, count) = (reader.ReadArray<Token>(), reader.ReadInt32(1, int.MaxValue));
            if (token.Length != 1 || token[0] == default || _subjects.ContainsKey(token[0]))
            {
                throw new SnapshotException("The stored state is damaged: a subject of sessions is not possible.");
            }

            for (var session = 0; session < count; session++)
            {
                Add(token[0], Session.Read(reader, columns.Fields.Count));
            }
        }
    }

    // A subject has few sessions at a time: at most max-length / gap in each span that is open.
    private void Add(Token token, Session added)
    {
        if (!_subjects.TryGetValue(token, out var sessions))
        {
            _subjects.Add(token, sessions = []);
        }

        Session? grown = null;
        for (var i = sessions.Count - 1; i >= 0; i--)
        {
            if (!AreOne(sessions[i], grown ?? added))
            {
                continue;
            }

            if (grown is null)
            {
                grown = sessions[i];
                grown.Merge(added, columns.Fields);
            }
            else
            {
                grown.Merge(sessions[i], columns.Fields);
                sessions.RemoveAt(i);
                Count--;
            }
        }

        if (grown is null)
        {
            Hold(sessions, added);
        }
    }

    private void Hold(List<Session> sessions, Session added)
    {
        if (Count == maxSessions)
        {
            throw new PipelineException(
                $"More than {maxSessions} sessions are open in one lane of stage '{Context.Name}'. Nothing was released from them and the last stored state stays in force. Raise max-sessions, or lower max-length.");
        }

        sessions.Add(added);
        Count++;
    }

    private bool AreOne(Session x, Session y) =>
        TimeWindow.FloorTo(x.Start, maxMs) == TimeWindow.FloorTo(y.Start, maxMs) && x.Start - y.End <= gapMs && y.Start - x.End <= gapMs;
}
