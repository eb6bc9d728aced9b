using Akka.Cluster;

namespace AkkaPrivacy.AkkaNet.Singleton.Ownership;

/// <summary>Names the incarnation of a node: a node that was started again has another name.</summary>
internal static class NodeIncarnation
{
    public static string Of(UniqueAddress node) => FormattableString.Invariant($"{node.Address}#{(uint)node.Uid}");
}
