using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.AkkaNet.Singleton.Ownership;

/// <summary>A pipeline that a node offers to run.</summary>
public sealed record PipelineAgentOptions
{
    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Hash of its plan; nodes with another plan are refused while one runs.</summary>
    public required string Plan { get; init; }

    /// <summary>Starts the run; called at most once, when this node has become the owner.</summary>
    public required Func<IPipelineRun> Start { get; init; }

    /// <summary>How often a node offers itself, and how often an owner makes sure that it still is one. Default 1 s.</summary>
    public TimeSpan OfferInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When nobody has answered for so long, <see cref="Silent"/> is called, and again each time as much has passed.
    /// Default 1 minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Called with how long nobody has answered, and whether the pipeline runs here. Offers go on: nothing is lost
    /// or spent while nobody answers. Default: nothing.</summary>
    public Action<TimeSpan, bool> Silent { get; init; } = (_, _) => { };

    /// <summary>Called when somebody answers again. Default: nothing.</summary>
    public Action Heard { get; init; } = () => { };

    /// <summary>How long the word that a run has ended is repeated before the node goes without it. Default 10 s.</summary>
    public TimeSpan ReleaseTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
