using Akka.Actor;
using Akka.Cluster;
using AkkaPrivacy.AkkaNet.Singleton;
using AkkaPrivacy.AkkaNet.Singleton.Ownership;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AkkaPrivacy.AkkaNet.Hosting.Health;

/// <summary>Whether the actor system runs; a process in which it has ended is of no use and may be restarted.</summary>
internal sealed class LivenessCheck(ClusterNode node) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        node.Left.IsCompleted ? HealthCheckResult.Unhealthy("the actor system has ended") : HealthCheckResult.Healthy());
}

/// <summary>Whether the node is up, and sees all others.</summary>
internal sealed class MembershipCheck(ClusterNode node) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (node.NotUp() is { } reason)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy(reason));
        }

        var cluster = Akka.Cluster.Cluster.Get(node.System);
        var unreachable = cluster.State.Unreachable.Count;
        return Task.FromResult(
            cluster.SelfMember.Status != MemberStatus.Up ? HealthCheckResult.Unhealthy($"the node is {cluster.SelfMember.Status}")
            : unreachable > 0 ? HealthCheckResult.Degraded($"{unreachable} nodes cannot be reached")
            : HealthCheckResult.Healthy($"{cluster.State.Members.Count} members"));
    }
}

/// <summary>Whether the journal answers.</summary>
internal sealed class JournalCheck(ClusterNode node) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (node.NotRunning() is { } reason)
        {
            return HealthCheckResult.Unhealthy(reason);
        }

        try
        {
            await JournalProbe.AskAsync(node.System, node.Configuration.Settings.JournalTimeout, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (NodeRefusedException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
    }
}

/// <summary>Whether the singleton that assigns pipelines answers.</summary>
internal sealed class SingletonCheck(ClusterNode node) : IHealthCheck
{
    // Nobody bears this name, so that the report changes nothing.
    private static readonly ReportLost Nobody = new("nobody");

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (node.NotRunning() is { } reason)
        {
            return HealthCheckResult.Unhealthy(reason);
        }

        try
        {
            await node.Owner.AskAsync(Nobody).WaitAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is AskTimeoutException or MachineFormatException)
        {
            return HealthCheckResult.Unhealthy("the singleton that assigns pipelines does not answer; it may be moving");
        }
    }
}

/// <summary>What keeps a node from being asked.</summary>
internal static class NodePhases
{
    /// <summary>Null while there is an actor system to ask.</summary>
    public static string? NotRunning(this ClusterNode node) => node.Phase switch
    {
        NodePhase.Starting when !node.IsAttached => "the node is starting",
        NodePhase.Left => "the node has left the cluster",
        _ => null,
    };

    /// <summary>Null while the node is up.</summary>
    public static string? NotUp(this ClusterNode node) => node.NotRunning() ?? node.Phase switch
    {
        NodePhase.Starting => "the node is joining",
        NodePhase.Draining => "the node drains and leaves",
        _ => null,
    };
}
