namespace AkkaPrivacy.Hosting.Run;

/// <summary>What the command line says of a cluster.</summary>
/// <param name="File">A file over <c>hocon/cluster.conf</c>, or null.</param>
/// <param name="Node">The node's name, or null.</param>
/// <param name="Port">Its port, or null.</param>
/// <param name="Seeds">Nodes to join.</param>
internal sealed record ClusterRequest(string? File, string? Node, int? Port, IReadOnlyList<string> Seeds);
