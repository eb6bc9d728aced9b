using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Merge;

/// <summary>Reads several sources as one: their partitions stand one after the other, and each keeps its own frontier.</summary>
/// <param name="sources">The sources with their names; at least one.</param>
internal sealed class MergedSource(IReadOnlyList<(string Name, IEventSource Source)> sources) : IEventSource
{
    // An idle source waits by itself. Others are read meanwhile for so many times its wait before it is asked again.
    private const int Patience = 4;
    private readonly int[] _first = new int[sources.Count];
    private readonly bool[] _ended = new bool[sources.Count];
    private readonly long[] _asleepUntil = new long[sources.Count];
    private TimeProvider _time = TimeProvider.System;
    private int _next;

    public string Name => string.Join('+', sources.Select(source => source.Name));

    public RowSchema Schema => sources[0].Source.Schema;

    public long? TotalBytes => sources.All(source => source.Source.TotalBytes is not null) ? sources.Sum(source => source.Source.TotalBytes) : null;

    public long BytesRead => sources.Sum(source => source.Source.BytesRead);

    public int Partitions => sources.Sum(source => source.Source.Partitions);

    public IReadOnlyList<string> Warnings => [.. sources.SelectMany(source => source.Source.Warnings.Select(warning => $"{source.Name}: {warning}"))];

    public bool KeepsPartitions => sources.All(source => source.Source.KeepsPartitions);

    public bool CanReadAgain => sources.All(source => source.Source.CanReadAgain);

    public async ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        _time = context.Time;
        var first = 0;
        for (var i = 0; i < sources.Count; i++)
        {
            var (index, prefix) = (i, $"{sources[i].Name}|");
            var own = context with
            {
                Resume = [.. context.Resume.Where(position => position.Partition.StartsWith(prefix, StringComparison.Ordinal)).Select(position => position with { Partition = position.Partition[prefix.Length..] })],
                DeadLetters = new DeadLetters(letter => context.DeadLetters.Report(letter.Reason, letter.Partition + _first[index], letter.Position, letter.Field)),
            };
            _first[i] = first;
            await sources[i].Source.OpenAsync(own, cancellationToken).ConfigureAwait(false);
            first += sources[i].Source.Partitions;
        }
    }

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        for (var i = Turn(); i >= 0; i = Turn())
        {
            var before = _time.GetTimestamp();
            var read = await sources[i].Source.ReadAsync(batch, cancellationToken).ConfigureAwait(false);
            if (read == SourceRead.End)
            {
                _ended[i] = true;
                continue;
            }

            var now = _time.GetTimestamp();
            _asleepUntil[i] = read == SourceRead.Idle ? now + (Patience * (now - before)) : 0;
            batch.Partition += _first[i];
            return read;
        }

        return SourceRead.End;
    }

    public bool Holds(SourcePosition partition) => sources.Any(source =>
        partition.Partition.StartsWith($"{source.Name}|", StringComparison.Ordinal) && source.Source.Holds(partition with { Partition = partition.Partition[(source.Name.Length + 1)..] }));

    public SourcePosition? PartitionAt(int partition)
    {
        var i = Array.FindLastIndex(_first, first => first <= partition);
        return sources[i].Source.PartitionAt(partition - _first[i]) is { } found ? found with { Partition = $"{sources[i].Name}|{found.Partition}" } : null;
    }

    public IReadOnlyList<SourcePosition> Positions() =>
        [.. sources.SelectMany(source => source.Source.Positions().Select(position => position with { Partition = $"{source.Name}|{position.Partition}" }))];

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, source) in sources)
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    // In turn; one that sleeps is passed over unless all do. -1 when all have ended.
    private int Turn()
    {
        var (now, sleeper) = (_time.GetTimestamp(), -1);
        for (var step = 0; step < sources.Count; step++)
        {
            var i = (_next + step) % sources.Count;
            if (_ended[i])
            {
                continue;
            }

            if (_asleepUntil[i] <= now)
            {
                _next = i + 1;
                return i;
            }

            sleeper = sleeper < 0 ? i : sleeper;
        }

        _next = sleeper + 1;
        return sleeper;
    }
}
