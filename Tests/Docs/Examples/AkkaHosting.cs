using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.AkkaNet.Singleton.Ownership;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AkkaPrivacy.Tests.Docs.Examples;

/// <summary>A host that is a node of a cluster and runs a pipeline.</summary>
public static class AkkaHosting
{
    public static ClusterSettings Settings(string journal)
    {
        // <akka-settings>
        var settings = new ClusterSettings
        {
            Name = "a",
            JournalProvider = "SQLite.MS",
            JournalConnection = journal,
            Ledger = new LedgerShardingOptions { Shards = 30 },
        };
        // </akka-settings>
        return settings;
    }

    public static IHost Build(ClusterSettings settings, IStore store)
    {
        // <akka-host>
        IHost host = Host.CreateDefaultBuilder()
            .ConfigureServices(services => services
                .AddAkkaPrivacy(new ClusterConfiguration(settings), store)
                .Configure<HostOptions>(options => options.ShutdownTimeout = settings.DrainTimeout + TimeSpan.FromMinutes(1)))
            .Build();
        // </akka-host>
        return host;
    }

    public static async Task<RunSummary?> RunAsync(IHost host, PipelineGraph graph, IStore store, IKeyRing keys)
    {
        // <akka-run>
        await host.StartAsync();
        var node = host.Services.GetRequiredService<ClusterNode>();
        HostedPipeline pipeline = node.Offer(graph, new EmbeddedRuntimeOptions
        {
            Store = store,
            Ledger = node.Ledger,
            Outbox = new OutboxReader(),
            Keys = keys,
        });

        RunSummary? summary = await pipeline.Completion;
        AccountStatus? account = await store.TransactAsync(
            transaction => node.Ledger.StatusAsync(transaction, "site/visits", DateTimeOffset.Parse("2026-03-02T00:00:00Z").ToUnixTimeMilliseconds()));
        await host.StopAsync();
        // </akka-run>
        return account is null ? null : summary;
    }
}
