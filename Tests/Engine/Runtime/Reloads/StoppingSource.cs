using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Tests.Engine.Runtime.Reloads;

/// <summary>Ten rows an hour, each of another user; waits once before each of some rows.</summary>
internal sealed class StoppingSource(int hours, StoppingSource.Stops stops) : IEventSource
{
    private const int Step = 5;
    private long _next;
    private bool _ended;

    public string Name => "stopping";

    public RowSchema Schema => LineSchema.Instance;

    public long? TotalBytes => null;

    public long BytesRead => 0;

    public int Partitions => 1;

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        stops.Opened++;
        _next = context.Resume.FirstOrDefault()?.Offset ?? 0;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (_next == hours * 10)
        {
            (_ended, var was) = (true, _ended);
            return was ? SourceRead.End : SourceRead.PartitionEnd;
        }

        if (await stops.WaitAsync(_next, cancellationToken))
        {
            return SourceRead.Idle;
        }

        var column = batch.Pool.RentText();
        for (var row = 0; row < Step; row++)
        {
            var i = _next + row;
            column.Spans[row] = column.Arena.Append(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $$"""{"time":{{RuntimeFixture.Start + (i * 360_000)}},"user":"u{{i % 10}}","page":"/a","bytes":1}""")));
        }

        batch.Set(LineSchema.LineSlot, column);
        batch.FirstPosition = _next + 1;
        batch.SelectAll(Step);
        _next += Step;
        return SourceRead.Rows;
    }

    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition("stopping", "", _next, _next)];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Where sources of a test wait, each place once over all of them.</summary>
    internal sealed class Stops(params long[] rows)
    {
        private readonly Dictionary<long, (TaskCompletionSource Reached, TaskCompletionSource Open)> _stops = rows.ToDictionary(row => row, _ => (New(), New()));

        public int Opened { get; set; }

        public Task Reached(long row) => _stops[row].Reached.Task;

        public void Open(long row) => _stops[row].Open.TrySetResult();

        public async ValueTask<bool> WaitAsync(long row, CancellationToken cancellationToken)
        {
            if (!_stops.TryGetValue(row, out var stop) || stop.Open.Task.IsCompleted)
            {
                return false;
            }

            stop.Reached.TrySetResult();
            await stop.Open.Task.WaitAsync(cancellationToken);
            return true;
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
