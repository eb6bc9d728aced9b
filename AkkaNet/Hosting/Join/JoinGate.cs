using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace AkkaPrivacy.AkkaNet.Hosting.Join;

/// <summary>Tells nodes that want to join whether they fit, and takes out those that joined without asking.</summary>
/// <remarks>Every node publishes its version and the hash of its shared settings as its cluster application version.</remarks>
internal sealed class JoinGate : ReceiveActor
{
    public const string Name = "akkaprivacy-gate";
    private readonly ClusterConfiguration _own;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public JoinGate(ClusterConfiguration own)
    {
        _own = own;
        Receive<JoinRequest>(request => Sender.Tell(new JoinReply(Judge(request))));
        Receive<ClusterEvent.MemberJoined>(joined => Check(joined.Member));
        Receive<ClusterEvent.MemberWeaklyUp>(up => Check(up.Member));
        Receive<ClusterEvent.MemberUp>(up => Check(up.Member));
    }

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberJoined), typeof(ClusterEvent.MemberWeaklyUp), typeof(ClusterEvent.MemberUp));
        base.PreStart();
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        base.PostStop();
    }

    private string? Judge(JoinRequest request)
    {
        if (request.Version != _own.Version)
        {
            return $"node '{Short(request.Name)}' has version {Short(request.Version)} and this cluster has {_own.Version}; install the same version on every node";
        }

        return request.Hash == _own.Hash
            ? null
            : $"node '{Short(request.Name)}' has other settings (hash {Short(request.Hash)}) than this cluster ({_own.Hash}); give every node the same values where hocon/cluster.conf says 'same on all nodes'";
    }

    // Only a member that is up judges: a newcomer that differs must not take out the cluster that it came to.
    private void Check(Member member)
    {
        var differs = member.AppVersion.Version != $"{_own.Version}+{_own.Hash}";
        if (differs && member.UniqueAddress != _cluster.SelfUniqueAddress && _cluster.SelfMember.Status == MemberStatus.Up && _cluster.SelfMember.IsOlderThan(member))
        {
            _log.Warning("Node {0} differs in version or settings and joined without asking; it is taken out", member.Address);
            _cluster.Down(member.Address);
        }
    }

    private static string Short(string text) => text.Length <= 128 ? text : text[..128];
}
