using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>What a directly composed graph runs with: store, ledger, keys, name, account and time rules. One may be
/// materialised again when the run before has ended; two at once fence each other off, and the later one goes on.</summary>
/// <param name="options">Store, ledger, outbox, keys.</param>
/// <param name="settings">Name, account, time rules, checkpoints. <see cref="PipelineSettings.QueueCapacity"/> bounds the
/// batches between the reader's loop and the first step. Ignored: <see cref="PipelineSettings.Lanes"/>, because the graph is
/// the one that is composed.</param>
public sealed class DirectPipeline(EmbeddedRuntimeOptions options, PipelineSettings settings)
{
    /// <summary>How long lines are gathered before a batch that is not full goes on: 0 to 10 seconds. Default: 20 ms.</summary>
    public TimeSpan GatherFor { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>After how long without a line stages push what they hold, and ingest time goes on: above 0, at most a
    /// minute. Default: 200 ms.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    internal EmbeddedRuntimeOptions Options => options;

    internal PipelineSettings Settings { get; } = settings with { Lanes = 1 };

    internal void Validate()
    {
        var errors = new PlanErrors();
        if (GatherFor < TimeSpan.Zero || GatherFor > TimeSpan.FromSeconds(10))
        {
            errors.Add("gather-for", "must be from 0 to 10 seconds");
        }

        if (IdleAfter <= TimeSpan.Zero || IdleAfter > TimeSpan.FromMinutes(1))
        {
            errors.Add("idle-after", "must be above 0 and at most a minute");
        }

        if (errors.Any)
        {
            throw new PlanException(errors.All);
        }
    }
}
