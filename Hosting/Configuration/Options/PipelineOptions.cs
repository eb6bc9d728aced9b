using System.Collections.Immutable;
using AkkaPrivacy.Connectors.SideOutputs;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Split;
using AkkaPrivacy.Operators.Throttle;

namespace AkkaPrivacy.Hosting.Configuration.Options;

/// <summary>Everything that a configuration says about a pipeline, checked one option at a time.</summary>
internal sealed record PipelineOptions
{
    /// <summary>Name, account, time rules, runtime.</summary>
    public required PipelineSettings Settings { get; init; }

    /// <summary>Where lines come from.</summary>
    public required SourceOptions Source { get; init; }

    /// <summary>Further sources of the same format, by name; merged with the source.</summary>
    public required IReadOnlyList<(string Name, SourceOptions Source)> MoreSources { get; init; }

    /// <summary>The branches of the split, in order.</summary>
    public required IReadOnlyList<BranchOptions> Split { get; init; }

    /// <summary>How fast the source may be read; null for as fast as it can.</summary>
    public required ThrottleOptions? Throttle { get; init; }

    /// <summary>The fields.</summary>
    public required DataMapOptions Map { get; init; }

    /// <summary>The field whose token is the privacy unit.</summary>
    public required string Subject { get; init; }

    /// <summary>The share of subjects to keep; null for all.</summary>
    public required SampleOptions? Sample { get; init; }

    /// <summary>The stages between the data map and the queries, in order.</summary>
    public required IReadOnlyList<GraphNode> Stages { get; init; }

    /// <summary>The queries, in order.</summary>
    public required IReadOnlyList<QueryOptions> Queries { get; init; }

    /// <summary>What happens when a part fails, by name.</summary>
    public ImmutableSortedDictionary<string, SupervisionPolicy> Supervision { get; init; } = ImmutableSortedDictionary<string, SupervisionPolicy>.Empty;

    /// <summary>The key file.</summary>
    public required KeyOptions Keys { get; init; }

    /// <summary>The store.</summary>
    public required StoreOptions Store { get; init; }

    /// <summary>Where releases go besides the store.</summary>
    public required IReadOnlyList<SinkOptions> Sinks { get; init; }

    /// <summary>Files for the places of rows that are left out.</summary>
    public required IReadOnlyList<SideOutputOptions> SideOutputs { get; init; }
}

/// <summary>The fields, and whether they are sound by themselves.</summary>
/// <param name="Map">The fields; those with mistakes stand in as harmless ones, so that planning can go on.</param>
/// <param name="Place">Where the map was written.</param>
internal sealed record DataMapOptions(DataMap Map, string Place);

/// <summary>A branch of the split.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Condition">Which rows it takes of those that no branch before it took.</param>
/// <param name="Place">Where it was written.</param>
internal sealed record BranchOptions(string Name, BranchCondition Condition, string Place);

/// <summary>A sample of subjects.</summary>
/// <param name="Rate">The share to keep.</param>
/// <param name="Place">Where it was written.</param>
internal sealed record SampleOptions(double Rate, string Place);

/// <summary>A side output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reasons">What it takes.</param>
/// <param name="File">Its file.</param>
internal sealed record SideOutputOptions(string Name, IReadOnlySet<DeadLetterReason> Reasons, SideOutputFileOptions File);

/// <summary>The key file.</summary>
/// <param name="File">Its path.</param>
/// <param name="Create">Whether a missing one is made.</param>
/// <param name="AllowGroupRead">Whether its group may read it.</param>
internal sealed record KeyOptions(string File, bool Create, bool AllowGroupRead);

/// <summary>The store.</summary>
/// <param name="Path">The database file; with a server, what stands in for it beside socket, spool and keys.</param>
/// <param name="BusyTimeout">How long to wait for another process.</param>
internal sealed record StoreOptions(string Path, TimeSpan BusyTimeout)
{
    /// <summary>Whether a missing store is made.</summary>
    public bool Create { get; init; } = true;

    /// <summary>How long a server may take for an answer.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The server that keeps the store; null for a file.</summary>
    public PostgresServerOptions? Postgres { get; init; }
}
