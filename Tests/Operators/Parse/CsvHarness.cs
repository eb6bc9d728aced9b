using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;

namespace AkkaPrivacy.Tests.Operators.Parse;

/// <summary>Reads comma-separated values from memory through source and parser.</summary>
internal sealed class CsvHarness : IOutlet<EventBatch>
{
    private readonly BatchPool _pool = new();
    private readonly DeadLetters _letters;
    private readonly RowPlan _plan;
    private readonly CsvFormat _format;

    public CsvHarness(DataMap map, CsvFormat? format = null)
    {
        _letters = new DeadLetters(Dead.Add);
        _format = format ?? new CsvFormat();
        var errors = new PlanErrors();
        _plan = new ParseCsv(map, _format).Plan(LineSchema.Instance, errors) ?? throw new PlanException(errors.All);
    }

    public List<DeadLetter> Dead { get; } = [];

    public long Unmapped => _letters.UnmappedFields;

    /// <summary>Rows that came out, by position.</summary>
    public SortedDictionary<long, Dictionary<string, object?>> Rows { get; } = [];

    public List<SourcePosition> Stops { get; } = [];

    public CsvHarness Read(string text, SourcePosition? resume = null) => Read(Encoding.UTF8.GetBytes(text), resume);

    public CsvHarness Read(byte[] text, SourcePosition? resume = null, int maxLine = 1 << 20)
    {
        var source = new MemoryLineSource("memory", text, maxLineBytes: maxLine) { QuotedRecords = true, HasHeading = _format.HasHeading };
        source.OpenAsync(new SourceContext { Time = TimeProvider.System, DeadLetters = _letters, Resume = resume is null ? [] : [resume] }, default).AsTask().GetAwaiter().GetResult();
        while (true)
        {
            using var batch = _pool.RentBatch();
            if (source.ReadAsync(batch, default).AsTask().GetAwaiter().GetResult() != SourceRead.Rows)
            {
                return this;
            }

            // A stage for each batch: what it needs must come with the batch.
            var stage = _plan.Create();
            stage.Start(new StageContext { Name = "parse", Time = TimeProvider.System, Randomness = null!, Keys = null!, Pool = _pool, DeadLetters = _letters, Metrics = new StageMetrics() });
            stage.OnBatch(batch, this);
            Stops.Add(source.Positions()[0]);
        }
    }

    void IOutlet<EventBatch>.Push(EventBatch element)
    {
        for (var row = 0; row < element.Count; row++)
        {
            if (element.IsSelected(row))
            {
                Rows.Add(element.FirstPosition + row, _plan.Output.Columns.ToDictionary(pair => pair.Column.Name, pair => Show(element, pair.Column, pair.Slot, row)));
            }
        }
    }

    private static object? Show(EventBatch batch, ColumnDefinition column, int slot, int row)
    {
        if (column.Type == ColumnType.Text)
        {
            var text = batch.Text(slot);
            return text.Spans[row].IsMissing ? null : Encoding.UTF8.GetString(text[row]);
        }

        var value = batch.Int64(slot).Values[row];
        return value == Int64Column.Missing ? null : value;
    }
}
