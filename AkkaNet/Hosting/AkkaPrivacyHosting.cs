using Akka.Hosting;
using AkkaPrivacy.AkkaNet.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>Wires a cluster node into a host.</summary>
public static class AkkaPrivacyHosting
{
    /// <summary>Adds the actor system, membership, persistence, singletons and health checks.</summary>
    /// <remarks>Starting the host makes sure of the journal and joins the cluster; it fails with
    /// <see cref="NodeRefusedException"/> where that is not possible. Stopping it drains pipelines and leaves the cluster.
    /// <see cref="ClusterNode"/> is then the way to pipelines. Health checks bear the tags <c>live</c> and <c>ready</c>.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The node's configuration.</param>
    /// <param name="more">Adds to the actor system, for example actors of one's own; null for nothing.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddAkkaPrivacy(this IServiceCollection services, ClusterConfiguration configuration, Action<AkkaConfigurationBuilder>? more = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var node = new ClusterNode(configuration);
        services.AddSingleton(node);
        services.AddAkka(configuration.Settings.System, builder =>
        {
            builder.AddAkkaPrivacy(node);
            more?.Invoke(builder);
        });
        services.AddHostedService<ClusterNodeService>();
        services.AddHealthChecks()
            .AddCheck<LivenessCheck>("akkaprivacy-live", tags: ["live"])
            .AddCheck<MembershipCheck>("akkaprivacy-member", tags: ["ready"])
            .AddCheck<JournalCheck>("akkaprivacy-journal", tags: ["ready"])
            .AddCheck<SingletonCheck>("akkaprivacy-singleton", tags: ["ready"]);
        return services;
    }

    private static void AddAkkaPrivacy(this AkkaConfigurationBuilder builder, ClusterNode node) => builder
        .AddHocon(node.Configuration.Akka, HoconAddMode.Replace)
        .WithActors((system, _) => node.Attach(system));

    // Registered behind the actor system, which therefore runs when this starts.
    private sealed class ClusterNodeService(ClusterNode node) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => node.JoinAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
