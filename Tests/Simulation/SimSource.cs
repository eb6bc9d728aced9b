using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>Reads lines of some partitions of a case in batches that are cut at random, from one partition or another, with idle
/// moments.</summary>
public sealed class SimSource(SimCase given, IReadOnlyList<int> partitions, Random random, SimFaults faults, SimClock clock, SimCommits commits, Task<IPipelineRun> run) : IEventSource
{
    private readonly long[] _next = new long[partitions.Count];
    private readonly bool[] _ended = new bool[partitions.Count];
    private readonly int _largest = random.Next(1, 60);

    public string Name => "simulated";

    public RowSchema Schema => LineSchema.Instance;

    public long? TotalBytes => null;

    public long BytesRead => 0;

    public int Partitions => partitions.Count;

    public async ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        await run;
        foreach (var position in context.Resume)
        {
            _next[partitions.ToList().IndexOf(int.Parse(position.Partition))] = position.Offset;
        }
    }

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        clock.Advance(TimeSpan.FromMilliseconds(random.Next(3000)));
        await StrikeAsync();
        cancellationToken.ThrowIfCancellationRequested();
        var open = Enumerable.Range(0, Partitions).Where(i => !_ended[i]).ToArray();
        if (open.Length == 0)
        {
            return SourceRead.End;
        }

        var partition = open[random.Next(open.Length)];
        batch.Partition = partition;
        if (random.Next(10) == 0)
        {
            return SourceRead.Idle;
        }

        var lines = given.Partitions[partitions[partition]];
        if (_next[partition] == lines.Count)
        {
            _ended[partition] = true;
            return SourceRead.PartitionEnd;
        }

        Fill(batch, lines, partition);
        return SourceRead.Rows;
    }

    public IReadOnlyList<SourcePosition> Positions() => [.. _next.Select((next, i) => new SourcePosition($"{partitions[i]}", "", next, next))];

    public SourcePosition? PartitionAt(int partition) => new($"{partitions[partition]}", "", 0, 0);

    public bool Holds(SourcePosition partition) => partitions.Contains(int.Parse(partition.Partition));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask StrikeAsync()
    {
        if (commits.IsInProgress && faults.Strikes(SimFault.BeforeCommit))
        {
            throw new SourceException("The simulated source failed while a commit was in progress.");
        }

        await commits.StepAsync();
        if (commits.TakeStored() && faults.Strikes(SimFault.AfterCommit))
        {
            throw new SourceException("The simulated source failed after a commit.");
        }

        if (faults.Strikes(SimFault.Source))
        {
            throw new SourceException("The simulated source failed.");
        }

        if (faults.Strikes(SimFault.Shutdown))
        {
            (await run).KillSwitch.Shutdown();
        }

        if (faults.Strikes(SimFault.Pause))
        {
            // It stands still until somebody resumes it.
            var paused = await run;
            paused.Pause("the simulation");
            _ = Task.Run(() =>
            {
                SpinWait.SpinUntil(() => paused.Topology().State is "paused" or "completed", TimeSpan.FromSeconds(10));
                paused.Resume();
            }, CancellationToken.None);
        }

        if (faults.Strikes(SimFault.PauseThenShutdown))
        {
            var paused = await run;
            paused.Pause("the simulation");
            _ = Task.Run(() =>
            {
                SpinWait.SpinUntil(() => paused.Topology().State is "paused" or "completed", TimeSpan.FromSeconds(10));
                paused.KillSwitch.Shutdown();
            }, CancellationToken.None);
        }

        if (faults.Strikes(SimFault.Abort))
        {
            (await run).KillSwitch.Abort(new InvalidOperationException("The simulation aborts."));
        }
    }

    private void Fill(EventBatch batch, IReadOnlyList<SimLine> lines, int partition)
    {
        var first = (int)_next[partition];
        var count = Math.Min(lines.Count - first, random.Next(1, _largest + 1));
        var column = batch.Pool.RentText();
        for (var row = 0; row < count; row++)
        {
            column.Spans[row] = column.Arena.Append(Encoding.UTF8.GetBytes(lines[first + row].Text));
        }

        batch.Set(LineSchema.LineSlot, column);
        batch.FirstPosition = first + 1;
        batch.SelectAll(count);
        _next[partition] += count;
    }
}
