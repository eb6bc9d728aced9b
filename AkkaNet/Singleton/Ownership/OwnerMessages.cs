using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace AkkaPrivacy.AkkaNet.Singleton.Ownership;

/// <summary>Who runs which pipeline.</summary>
/// <param name="Pipelines">By name of the pipeline.</param>
public sealed record OwnerState(ImmutableSortedDictionary<string, PipelineOwnership> Pipelines);

/// <summary>Who runs a pipeline.</summary>
/// <param name="Node">The incarnation of a node, an address and a number drawn when it started; null when nobody runs it.</param>
/// <param name="Epoch">How often it was assigned.</param>
/// <param name="Plan">Hash of the plan that the owner runs, or that the last owner ran.</param>
public sealed record PipelineOwnership(string? Node, long Epoch, string Plan);

/// <summary>What is asked of the owner machine. All of it can be repeated.</summary>
[JsonDerivedType(typeof(OfferToRun), "offer")]
[JsonDerivedType(typeof(ReleaseRun), "release")]
[JsonDerivedType(typeof(ReportLost), "lost")]
public abstract record OwnerCommand;

/// <summary>A node can run a pipeline: it becomes the owner when nobody is.</summary>
/// <param name="Pipeline">The pipeline's name, 1 to 512 characters.</param>
/// <param name="Node">The node's incarnation, 1 to 512 characters.</param>
/// <param name="Plan">Hash of its plan, 1 to 128 characters.</param>
public sealed record OfferToRun(string Pipeline, string Node, string Plan) : OwnerCommand;

/// <summary>The owner has stopped, and its state is stored.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Node">The owner.</param>
/// <param name="Epoch">The epoch that it was assigned under.</param>
public sealed record ReleaseRun(string Pipeline, string Node, long Epoch) : OwnerCommand;

/// <summary>A node was removed from the cluster: what it owned is free.</summary>
/// <param name="Node">The incarnation that is gone.</param>
public sealed record ReportLost(string Node) : OwnerCommand;

/// <summary>What happened to a pipeline's ownership. Stored; names of types and members do not change.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Node">The incarnation of a node.</param>
/// <param name="Epoch">The epoch of the assignment.</param>
[JsonDerivedType(typeof(RunAssigned), "assigned")]
[JsonDerivedType(typeof(RunReleased), "released")]
[JsonDerivedType(typeof(RunLost), "lost")]
public abstract record OwnerEvent(string Pipeline, string Node, long Epoch);

/// <summary>A pipeline got an owner.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Node">The owner.</param>
/// <param name="Epoch">Its epoch, 1 for the first owner.</param>
/// <param name="Plan">Hash of its plan.</param>
public sealed record RunAssigned(string Pipeline, string Node, long Epoch, string Plan) : OwnerEvent(Pipeline, Node, Epoch);

/// <summary>The owner drained and let go.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Node">The former owner.</param>
/// <param name="Epoch">Its epoch.</param>
public sealed record RunReleased(string Pipeline, string Node, long Epoch) : OwnerEvent(Pipeline, Node, Epoch);

/// <summary>The owner is gone.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Node">The former owner.</param>
/// <param name="Epoch">Its epoch.</param>
public sealed record RunLost(string Pipeline, string Node, long Epoch) : OwnerEvent(Pipeline, Node, Epoch);
