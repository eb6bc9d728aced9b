using Akka.Actor;
using Akka.Hosting;
using AkkaPrivacy.AkkaNet.Hosting.Health;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>Wires a cluster node into a host.</summary>
public static class AkkaPrivacyHosting
{
    /// <summary>Adds the actor system, membership, persistence, the sharded ledger, singletons and health checks.</summary>
    /// <remarks>Starting the host makes sure of the journal and joins the cluster; it fails with
    /// <see cref="NodeRefusedException"/> where that is not possible. Stopping it drains pipelines, hands over what it keeps
    /// and leaves the cluster. <see cref="ClusterNode"/> is then the way to runtime and pipelines. Health checks bear the
    /// tags <c>live</c> and <c>ready</c>. The host must leave signals and shutdown timeouts to its owner: drain and leave
    /// take up to <see cref="ClusterSettings.DrainTimeout"/> and a minute.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The node's configuration.</param>
    /// <param name="store">The store that all nodes share: accounts take their epochs in it, and with
    /// <see cref="LedgerPlace.Store"/> it holds their budgets. It must outlive the host. Null relies on the journal alone,
    /// which refuses a second event of the same sequence number.</param>
    /// <param name="time">The clock, for the instants that ledger events carry; null for the system's.</param>
    /// <param name="more">Adds to the actor system, for example actors of one's own; null for nothing.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddAkkaPrivacy(
        this IServiceCollection services, ClusterConfiguration configuration, IStore? store = null, TimeProvider? time = null, Action<AkkaConfigurationBuilder>? more = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        var node = new ClusterNode(configuration, store, time ?? TimeProvider.System);
        services.AddSingleton(node);
        services.AddHostedService<ActorSystemService>();
        services.AddAkka(configuration.Settings.System, builder =>
        {
            builder.AddAkkaPrivacy(node);
            more?.Invoke(builder);
        });
        services.AddHostedService<ClusterNodeService>();
        services.AddHealthChecks()
            .AddCheck<LivenessCheck>("akkaprivacy-live", tags: [HealthTags.Live])
            .AddCheck<MembershipCheck>("akkaprivacy-member", tags: [HealthTags.Ready])
            .AddCheck<JournalCheck>("akkaprivacy-journal", tags: [HealthTags.Ready])
            .AddCheck<SingletonCheck>("akkaprivacy-singleton", tags: [HealthTags.Ready]);
        return services;
    }

    private static void AddAkkaPrivacy(this AkkaConfigurationBuilder builder, ClusterNode node)
    {
        // A journal that cannot be used is reported when the node joins.
        SqliteJournal.UseWriteAheadLog(node.Configuration.Settings.JournalProvider, node.Configuration.Settings.JournalConnection);
        builder
            .AddHocon(node.Configuration.Akka, HoconAddMode.Replace)
            .WithActors((system, _) => node.Attach(system));
    }

    // Makes the actor system: the service of Akka.Hosting would only log a failure, and the host would start without it.
    private sealed class ActorSystemService(IServiceProvider services, ClusterNode node) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            try
            {
                _ = services.GetRequiredService<ActorSystem>();
                return Task.CompletedTask;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw StartFailure.Of(exception, node.Configuration.Settings);
            }
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    // Registered behind the actor system, which therefore runs when this starts.
    private sealed class ClusterNodeService(ClusterNode node) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => node.JoinAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
