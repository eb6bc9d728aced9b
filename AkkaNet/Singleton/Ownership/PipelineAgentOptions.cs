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

    /// <summary>How long the word that a run has ended is repeated before the node goes without it. Default 10 s.</summary>
    public TimeSpan ReleaseTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
