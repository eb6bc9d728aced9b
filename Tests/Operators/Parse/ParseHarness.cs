using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Parse;

/// <summary>Runs a parser over lines and shows the rows as plain values.</summary>
internal sealed class ParseHarness : IOutlet<EventBatch>
{
    private readonly BatchPool _pool = new();
    private readonly RowPlan _plan;
    private readonly Stage<EventBatch, EventBatch> _stage;
    private EventBatch? _output;
    private int _runs;

    public ParseHarness(RowOperator parser)
    {
        Letters = new DeadLetters(Dead.Add);
        var errors = new PlanErrors();
        _plan = parser.Plan(LineSchema.Instance, errors) ?? throw new PlanException(errors.All);
        _stage = _plan.Create();
        _stage.Start(new StageContext
        {
            Name = "parse",
            Time = TimeProvider.System,
            Randomness = null!,
            Keys = null!,
            Pool = _pool,
            DeadLetters = Letters,
            Metrics = new StageMetrics(),
        });
    }

    public List<DeadLetter> Dead { get; } = [];

    public RowPlan Plan => _plan;

    public DeadLetters Letters { get; }

    public void Push(EventBatch element) => _output = element;

    public Dictionary<string, object?>?[] Run(params string[] lines) => Run([.. lines.Select(Encoding.UTF8.GetBytes)]);

    /// <summary>One dictionary a line; null where the row was deselected.</summary>
    public Dictionary<string, object?>?[] Run(byte[][] lines, bool exactBuffer = false)
    {
        Dead.Clear();
        using var batch = _pool.RentBatch();
        var column = _pool.RentText();
        // What stands after a line, from an earlier use of the buffer or as the next line, must not matter.
        var after = "1\"}],z-0\\ :{.e+u"u8[_runs++ % 16];
        column.Arena.Buffer.AsSpan(0, 1024 + Math.Min(column.Arena.Buffer.Length - 1024, 2 * lines.Sum(line => line.Length))).Fill(after);
        if (exactBuffer)
        {
            // Moves the lines to the very end of the arena's buffer.
            column.Arena.Length = column.Arena.Buffer.Length - lines.Sum(line => line.Length);
        }

        for (var row = 0; row < lines.Length; row++)
        {
            column.Spans[row] = column.Arena.Append(lines[row]);
        }

        if (exactBuffer)
        {
            Assert.Equal(column.Arena.Length, column.Arena.Buffer.Length);
        }

        batch.Set(LineSchema.LineSlot, column);
        batch.FirstPosition = 1;
        batch.SelectAll(lines.Length);
        _stage.OnBatch(batch, this);
        Assert.Same(batch, _output);
        Assert.False(batch.Has(LineSchema.LineSlot));
        return [.. Enumerable.Range(0, lines.Length).Select(row => batch.IsSelected(row) ? Show(batch, row) : null)];
    }

    /// <summary>The one row of one line.</summary>
    public Dictionary<string, object?> One(string line) =>
        Run(line)[0] ?? throw new InvalidOperationException($"Dead: {string.Join(", ", Dead)}");

    /// <summary>The dead letter of one line.</summary>
    public DeadLetter Refused(string line)
    {
        Assert.Null(Run(line)[0]);
        return Assert.Single(Dead);
    }

    private Dictionary<string, object?> Show(EventBatch batch, int row) => _plan.Output.Columns.ToDictionary(
        pair => pair.Column.Name,
        pair => pair.Column.Type == ColumnType.Text ? ShowText(batch.Text(pair.Slot), row) : ShowNumber(batch.Int64(pair.Slot).Values[row]));

    private static object? ShowText(TextColumn column, int row) =>
        column.Spans[row].IsMissing ? null : Encoding.UTF8.GetString(column[row]);

    private static object? ShowNumber(long value) => value == Int64Column.Missing ? null : value;
}
