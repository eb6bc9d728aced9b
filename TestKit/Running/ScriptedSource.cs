using System.Threading.Channels;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.TestKit.Rows;

namespace AkkaPrivacy.TestKit.Running;

/// <summary>A source that a test leads: it hands out the rows it was given and waits in between. What has been read can be read
/// again, as after a crash.</summary>
/// <param name="rows">The rows, which grow while the test goes on.</param>
/// <param name="batchRows">The most rows of a batch.</param>
internal sealed class ScriptedSource(RowFeed rows, int batchRows) : IEventSource
{
    private readonly Channel<Command> _commands = Channel.CreateUnbounded<Command>();
    private Command? _current;
    private int _next;
    private bool _partitionEnded;

    private enum CommandKind
    {
        Idle,
        Crash,
        End,
    }

    public string Name => "test";

    public RowSchema Schema => rows.Schema;

    public long? TotalBytes => null;

    public long BytesRead => 0;

    public int Partitions => 1;

    /// <summary>Lets the pipeline read what there is and then learn that nothing comes at this moment.</summary>
    public Task IdleAsync() => PostAsync(CommandKind.Idle);

    /// <summary>Ends the process instead of the next read.</summary>
    public Task CrashAsync() => PostAsync(CommandKind.Crash);

    /// <summary>Ends the input behind what there is.</summary>
    public Task EndAsync() => PostAsync(CommandKind.End);

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        _next = (int)(context.Resume.FirstOrDefault(position => position.Partition == Name)?.Offset ?? 0);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asking for more says that what was handed out before has been dealt with.
            if (_current is { IsHandedOut: true } done)
            {
                _current = null;
                done.Done.TrySetResult();
            }

            _current ??= await _commands.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (_current.Kind == CommandKind.Crash)
            {
                throw new SimulatedCrashException();
            }

            if (_next < rows.Count)
            {
                _next += rows.Fill(batch, _next, Math.Min(batchRows, rows.Count - _next));
                return SourceRead.Rows;
            }

            if (_current.Kind == CommandKind.Idle)
            {
                _current.IsHandedOut = true;
                return SourceRead.Idle;
            }

            (var ended, _partitionEnded) = (_partitionEnded, true);
            return ended ? SourceRead.End : SourceRead.PartitionEnd;
        }
    }

    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition(Name, string.Empty, _next, _next)];

    public ValueTask DisposeAsync()
    {
        _commands.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private Task PostAsync(CommandKind kind)
    {
        var command = new Command(kind);
        return _commands.Writer.TryWrite(command) ? command.Done.Task : Task.Delay(Timeout.Infinite);
    }

    private sealed class Command(CommandKind kind)
    {
        public CommandKind Kind { get; } = kind;

        public bool IsHandedOut { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
