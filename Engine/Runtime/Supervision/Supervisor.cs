using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Supervision;

/// <summary>Decides after a failure whether a run tries again, and how long it waits. Safe for concurrent use.</summary>
internal sealed class Supervisor(PipelinePlan plan, TimeProvider time)
{
    /// <summary>Under this key an exception says how many restarts came before it.</summary>
    public const string RestartsKey = "AkkaPrivacy.Restarts";

    private readonly Dictionary<string, Queue<long>> _restarts = [];
    private volatile PipelinePlan _plan = plan;
    private readonly Lock _lock = new();
    private int _count;

    /// <summary>Restarts so far.</summary>
    public int Restarts => Volatile.Read(ref _count);

    /// <summary>Goes by the policies of another plan from now on; restarts so far count on.</summary>
    public void TakeUp(PipelinePlan plan) => _plan = plan;

    /// <summary>How a part is supervised: by its own name, or by that of its kind.</summary>
    public SupervisionPolicy PolicyOf(string name, string kind) =>
        _plan.Supervision.GetValueOrDefault(name) ?? _plan.Supervision.GetValueOrDefault(kind) ?? SupervisionPolicy.Stop;

    /// <summary>How long to wait before the run goes back to its last checkpoint; null when it must not.</summary>
    public TimeSpan? Next(Exception failure) => failure switch
    {
        StageFailedException stage => Next(stage.Stage, SupervisionPolicy.Stages, failure),
        SourceException => Next(SupervisionPolicy.Source, SupervisionPolicy.Source, failure),
        _ => null,
    };

    /// <summary>How long to wait before a sink is asked again; null when its failure ends the run.</summary>
    public TimeSpan? NextOfSink(string sink, Exception failure) => Next($"sink {sink}", SupervisionPolicy.Sinks, failure);

    /// <summary>A failure in words: who failed with what type; never a message, which could quote a row.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        StageFailedException stage => $"stage '{stage.Stage}' failed with {stage.CauseType.Name}",
        SourceException => "the source failed",
        _ => $"failed with {failure.GetType().Name}",
    };

    private TimeSpan? Next(string name, string kind, Exception failure)
    {
        var policy = PolicyOf(name, kind);
        if (policy.OnError != OnError.Restart)
        {
            return null;
        }

        lock (_lock)
        {
            var restarts = _restarts.TryGetValue(name, out var known) ? known : _restarts[name] = new Queue<long>();
            while (restarts.TryPeek(out var oldest) && time.GetElapsedTime(oldest) > policy.Within)
            {
                restarts.Dequeue();
            }

            if (restarts.Count >= policy.MaxRestarts)
            {
                failure.Data[RestartsKey] = restarts.Count;
                return null;
            }

            restarts.Enqueue(time.GetTimestamp());
            _count++;
            var wait = policy.MinBackoff.TotalMilliseconds * Math.ScaleB(1, Math.Min(restarts.Count - 1, 40));
            return TimeSpan.FromMilliseconds(Math.Min(wait, policy.MaxBackoff.TotalMilliseconds));
        }
    }
}
