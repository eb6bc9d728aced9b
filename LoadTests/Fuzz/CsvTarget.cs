using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Comma-separated values through source and parser, compared with a reader of single bytes where the text keeps the grammar.</summary>
internal sealed class CsvTarget : IOutlet<EventBatch>
{
    private static readonly DataMap Map = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "a", Type = FieldType.Text, Class = FieldClass.Attribute },
    ]);

    private readonly BatchPool _pool = new();
    private readonly DeadLetters _letters;
    private readonly RowPlan _plan;
    private readonly List<string?> _values = [];
    private long _malformed;

    private CsvTarget()
    {
        _letters = new DeadLetters(letter => _malformed += letter.Reason is DeadLetterReason.Malformed or DeadLetterReason.LineTooLong or DeadLetterReason.InvalidUtf8 ? 1 : 0);
        var errors = new PlanErrors();
        _plan = new ParseCsv(Map, new CsvFormat()).Plan(LineSchema.Instance, errors) ?? throw new PlanException(errors.All);
    }

    /// <summary>Starts a reader.</summary>
    /// <returns>What takes a text.</returns>
    public static Func<byte[], bool> Start() => new CsvTarget().Read;

    void IOutlet<EventBatch>.Push(EventBatch element)
    {
        var text = element.Text(_plan.Output.IndexOf("a"));
        foreach (var row in element.SelectedRows)
        {
            _values.Add(text.Spans[row].IsMissing ? null : Encoding.UTF8.GetString(text[row]));
        }
    }

    private bool Read(byte[] text)
    {
        _values.Clear();
        _malformed = 0;
        var source = new MemoryLineSource("memory", text) { QuotedRecords = true, HasHeading = true };
        source.OpenAsync(new SourceContext { Time = TimeProvider.System, DeadLetters = _letters }, default).AsTask().GetAwaiter().GetResult();
        while (true)
        {
            using var batch = _pool.RentBatch();
            if (source.ReadAsync(batch, default).AsTask().GetAwaiter().GetResult() != SourceRead.Rows)
            {
                break;
            }

            var stage = _plan.Create();
            stage.Start(new StageContext { Name = "parse", Time = TimeProvider.System, Randomness = CryptoRandomSource.Instance, Keys = null!, Pool = _pool, DeadLetters = _letters, Metrics = new StageMetrics() });
            stage.OnBatch(batch, this);
        }

        Compare(text);
        return _values.Count > 0;
    }

    // A line of blanks is no record. Every row that came out stands in the records in order, and a record of the right length is not malformed.
    private void Compare(byte[] text)
    {
        if (Oracles.Csv(text) is not { Count: > 0 } records || text.AsSpan().StartsWith("\uFEFF"u8) || records.Exists(record => record is [var only] && only.AsSpan().IndexOfAnyExcept(" \t\r") < 0))
        {
            return;
        }

        var at = records[0].IndexOf("a");
        var sound = records.Skip(1).Where(record => record.Count == records[0].Count).ToList();
        if (_malformed != records.Count - 1 - sound.Count)
        {
            throw new FuzzMismatchException($"{records.Count - 1 - sound.Count} records have another length, {_malformed} are malformed: {Convert.ToHexString(text)}");
        }

        var next = 0;
        foreach (var value in _values)
        {
            while (next < sound.Count && (at < 0 ? string.Empty : sound[next][at]) != (value ?? string.Empty))
            {
                next++;
            }

            if (next++ == sound.Count)
            {
                throw new FuzzMismatchException($"a value comes out that no record holds: {Convert.ToHexString(text)}");
            }
        }
    }
}
