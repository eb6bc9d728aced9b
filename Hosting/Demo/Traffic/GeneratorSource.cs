using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>Made-up traffic at a given rate, for trials and load tests without input. A run that is started again goes on behind
/// what the stored state holds: the same options give the same lines.</summary>
/// <param name="options">How much traffic, and which.</param>
/// <param name="rate">Events per second; 0 is as many as are taken.</param>
internal sealed class GeneratorSource(TrafficOptions options, double rate) : IEventSource
{
    private const int RowsPerBatch = 1024;

    // A batch holds what is due, so that slow traffic does not wait for full batches.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private readonly TrafficGenerator _generator = new(options);
    private TimeProvider _time = TimeProvider.System;
    private long _started;
    private long _before;
    private long _bytes;
    private bool _ended;

    /// <inheritdoc />
    public string Name => "generator";

    /// <inheritdoc />
    public RowSchema Schema => LineSchema.Instance;

    /// <summary>Not known: lines differ in length.</summary>
    public long? TotalBytes => null;

    /// <inheritdoc />
    public long BytesRead => Volatile.Read(ref _bytes);

    /// <inheritdoc />
    public int Partitions => 1;

    private string Identity => FormattableString.Invariant($"{options.Seed}/{options.Events}");

    /// <inheritdoc />
    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        var position = context.Resume.FirstOrDefault(position => position.Partition == Name);
        if (position is not null && position.Identity != Identity)
        {
            throw new SourceException($"The stored state has read generated traffic of other options ('{position.Identity}' instead of '{Identity}', seed and events). Nothing was read; go back to them or start a new store.");
        }

        var line = new byte[TrafficGenerator.MaxLineBytes];
        while (_generator.Written < (position?.Line ?? 0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _bytes += _generator.WriteLine(line);
        }

        (_time, _before, _started) = (context.Time, _generator.Written, context.Time.GetTimestamp());
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_generator.IsDone)
        {
            (var ended, _ended) = (_ended, true);
            return ended ? SourceRead.End : SourceRead.PartitionEnd;
        }

        var due = Due();
        if (due == 0)
        {
            await Task.Delay(Tick, _time, cancellationToken).ConfigureAwait(false);
            due = Due();
        }

        return due == 0 ? SourceRead.Idle : Fill(batch, (int)Math.Min(due, RowsPerBatch));
    }

    /// <inheritdoc />
    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition(Name, Identity, BytesRead, _generator.Written)];

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private long Due() => rate == 0
        ? RowsPerBatch
        : (long)(_time.GetElapsedTime(_started).TotalSeconds * rate) - (_generator.Written - _before);

    private SourceRead Fill(EventBatch batch, int most)
    {
        Volatile.Write(ref _bytes, _bytes + _generator.Fill(batch, most));
        return SourceRead.Rows;
    }
}
