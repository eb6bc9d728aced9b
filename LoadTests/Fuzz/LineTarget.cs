using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.LoadTests.Compare.Parse;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>A parser of lines, given one line at a time between others that are sound.</summary>
internal sealed class LineTarget : IOutlet<EventBatch>
{
    private readonly BatchPool _pool = new();
    private readonly Stage<EventBatch, EventBatch> _stage;
    private readonly Func<byte[], bool?>? _oracle;
    private DeadLetterReason? _reason;
    private bool _isKept;

    private LineTarget(RowOperator parser, Func<byte[], bool?>? oracle)
    {
        _oracle = oracle;
        _stage = ParserStage.Start(parser, _pool, new DeadLetters(letter => _reason = letter.Reason));
    }

    /// <summary>Starts a parser.</summary>
    /// <param name="parser">The parser.</param>
    /// <param name="oracle">Whether a line keeps the grammar; null when it does not say. Default: none.</param>
    /// <returns>What takes a line.</returns>
    public static Func<byte[], bool> Start(RowOperator parser, Func<byte[], bool?>? oracle = null) => new LineTarget(parser, oracle).Read;

    void IOutlet<EventBatch>.Push(EventBatch element) => _isKept = element.SelectedCount == 1;

    private bool Read(byte[] line)
    {
        (_reason, _isKept) = (null, false);
        using var batch = _pool.RentBatch();
        var column = _pool.RentText();
        column.Spans[0] = column.Arena.Append(line);
        batch.Set(LineSchema.LineSlot, column);
        batch.FirstPosition = 1;
        batch.SelectAll(1);
        _stage.OnBatch(batch, this);
        var holds = _reason is not (DeadLetterReason.Malformed or DeadLetterReason.InvalidUtf8);
        return _oracle?.Invoke(line) is { } expected && expected != holds
            ? throw new FuzzMismatchException($"grammar: expected {expected}, was {_reason?.ToString() ?? "kept"}; {Convert.ToHexString(line)}")
            : _isKept && _reason is not null ? throw new FuzzMismatchException("a row is kept and dead") : _isKept;
    }
}
