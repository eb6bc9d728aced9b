using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Dedup;

/// <summary>Deselects rows whose subject and id were seen within the horizon, and forgets what no later row can repeat.</summary>
/// <param name="columns">Where the columns are.</param>
/// <param name="horizonMs">The horizon in milliseconds.</param>
/// <param name="maxIds">How many ids may be remembered.</param>
internal sealed class DedupStage(DedupColumns columns, long horizonMs, int maxIds) : RowStage
{
    private const long Version = 1;
    private SeenIds _seen = new(horizonMs);
    private readonly Token[] _ids = new Token[EventBatch.Capacity];
    private IdHash? _hash;

    /// <summary>Ids that are remembered.</summary>
    public int Count => _seen.Count;

    /// <inheritdoc />
    public override void Start(StageContext context)
    {
        base.Start(context);
        _seen = new SeenIds(horizonMs, context.PeriodMs);
        _hash = columns.Type == ColumnType.Token ? null : new IdHash(context.Keys);
    }

    /// <summary>Forgets. A row that comes from now on and is not late happened at or after the frontier, so whatever is more
    /// than a horizon before it cannot be repeated within the horizon any more.</summary>
    /// <param name="frontier">The frontier.</param>
    /// <param name="outlet">Not used.</param>
    public override void OnFrontier(Frontier frontier, IOutlet<EventBatch> outlet)
    {
        if (frontier.FireUpToMs > long.MinValue + horizonMs)
        {
            _seen.Forget(frontier.FireUpToMs - horizonMs);
        }
    }

    /// <inheritdoc />
    public override void Snapshot(SnapshotWriter writer)
    {
        if (_seen.Count > 0)
        {
            writer.Write(Version);
            _seen.Write(writer);
        }
    }

    /// <inheritdoc />
    public override void Restore(SnapshotReader reader)
    {
        var version = reader.ReadInt64();
        if (version != Version)
        {
            throw new SnapshotException($"The stored ids of stage '{Context.Name}' are of version {version}; this build reads version {Version}. Go on with the build that wrote them, or run with runtime.resume = false to read the input again; what was released stays as it is.");
        }

        _seen.Read(reader);
    }

    /// <inheritdoc />
    public override void Complete(IOutlet<EventBatch> outlet) => _hash?.Dispose();

    /// <inheritdoc />
    public override void Fail(Exception cause) => _hash?.Dispose();

    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        var ids = Ids(batch);
        var subjects = batch.Tokens(columns.Subject).Values;
        var times = batch.Int64(RowSchema.EventTime).Values;
        var duplicates = 0;
        foreach (var row in batch.SelectedRows)
        {
            if (ids[row] != default && !_seen.TryAdd(Key(subjects[row], ids[row]), times[row]))
            {
                batch.Deselect(row);
                duplicates++;
                if (Context.DeadLetters.Wants(DeadLetterReason.Duplicate))
                {
                    Context.DeadLetters.Tell(DeadLetterReason.Duplicate, batch, row);
                }
            }
        }

        if (_seen.Count > maxIds)
        {
            throw new PipelineException($"Stage '{Context.Name}' would remember more than {maxIds} event ids in lane {Context.Lane}, which is its max-ids. The last stored state stays in force and nothing is lost: raise max-ids, use more lanes, or shorten the horizon or the longest window, then run again.");
        }

        Context.DeadLetters.Count(DeadLetterReason.Duplicate, duplicates);
    }

    // The tokens of ids are keyed hashes, so no id can be read back from a stored state. The mix is not symmetric: it keeps
    // (a, b) and (b, a) apart.
    private static Token Key(Token subject, Token id) => new(
        (subject.Low * 0x9E3779B97F4A7C15) ^ ulong.RotateLeft(id.Low, 23),
        (subject.High * 0xC2B2AE3D27D4EB4F) ^ ulong.RotateLeft(id.High, 41));

    private Token[] Ids(EventBatch batch)
    {
        switch (columns.Type)
        {
            case ColumnType.Token:
                return batch.Tokens(columns.Id).Values;
            case ColumnType.Text:
                _hash!.Texts(batch, batch.Text(columns.Id), _ids);
                return _ids;
            default:
                _hash!.Numbers(batch, batch.Int64(columns.Id).Values, _ids);
                return _ids;
        }
    }
}
