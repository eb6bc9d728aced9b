using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.LoadTests.Compare.Parse;

/// <summary>The product's parser with its source of lines, on the caller's thread.</summary>
internal sealed class ParseRun : IOutlet<EventBatch>
{
    private readonly BatchPool _pool = new();
    private readonly DeadLetters _deadLetters = new();
    private readonly Stage<EventBatch, EventBatch> _stage;
    private readonly bool _isCsv;
    private long _rows;

    /// <summary>Starts a stage of a parser.</summary>
    /// <param name="parser">The parser.</param>
    /// <param name="isCsv">Whether the lines are records with a heading.</param>
    public ParseRun(RowOperator parser, bool isCsv = false)
    {
        _isCsv = isCsv;
        _stage = ParserStage.Start(parser, _pool, _deadLetters);
    }

    /// <summary>Cuts and parses lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>Rows that came out.</returns>
    public long CutAndParse(ReadOnlyMemory<byte> lines) => Read(lines, parse: true);

    /// <summary>Cuts lines only.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>Rows that came out.</returns>
    public long Cut(ReadOnlyMemory<byte> lines) => Read(lines, parse: false);

    void IOutlet<EventBatch>.Push(EventBatch element) => _rows += element.SelectedCount;

    private long Read(ReadOnlyMemory<byte> lines, bool parse)
    {
        _rows = 0;
        var source = new MemoryLineSource("memory", lines) { QuotedRecords = _isCsv, HasHeading = _isCsv };
        Complete(source.OpenAsync(new SourceContext { Time = TimeProvider.System, DeadLetters = _deadLetters }, default).AsTask());
        while (true)
        {
            using EventBatch batch = _pool.RentBatch();
            if (Complete(source.ReadAsync(batch, default)) != SourceRead.Rows)
            {
                return _rows;
            }

            if (parse)
            {
                _stage.OnBatch(batch, this);
            }
            else
            {
                _rows += batch.Count;
            }
        }
    }

    private static void Complete(Task task) => task.GetAwaiter().GetResult();

    private static T Complete<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : task.AsTask().GetAwaiter().GetResult();
}
