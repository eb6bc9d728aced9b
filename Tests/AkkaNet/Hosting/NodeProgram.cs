using System.Net;
using System.Net.Sockets;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.Hosting.Akka;
using AkkaPrivacy.Hosting.Akka.Configuration;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Tests.Hosting.Commands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

[CollectionDefinition(NodeProgram.OneAtATime, DisableParallelization = true)]
public sealed class NodeTests;

/// <summary>The program as a node, in this process, in a folder of its own; quick in all that waits.</summary>
internal sealed class NodeProgram : IDisposable
{
    // A cluster of one node needs no patience.
    private const string Quick =
        """
        akka {
          loglevel = OFF
          cluster { gossip-interval = 50ms, leader-actions-interval = 50ms, periodic-tasks-initial-delay = 50ms, unreachable-nodes-reaper-interval = 100ms
            sharding { retry-interval = 100ms }, min-nr-of-members = 1, shutdown-after-unsuccessful-join-seed-nodes = off }
          remote { dot-netty.tcp.connection-timeout = 1s, retry-gate-closed-for = 100ms }
        }
        akkaprivacy.cluster { join { attempt = 500ms, timeout = 20s }, pipeline.offer-interval = 100ms, singleton.backoff.min = 50ms, ledger.backoff.min = 20ms }
        """;

    /// <summary>Name of the tests that start nodes: each wants the processor for itself.</summary>
    public const string OneAtATime = "nodes";

    private int _files;

    public TestProgram Program { get; } = new();

    public string Log => Program.Write("access.log", AccessLogs.Small());

    /// <summary>What is read; null for the log.</summary>
    public string? Input { get; set; }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A file of settings over the quick ones.</summary>
    public string Settings(string more = "", string name = "node.conf") => Program.Write(name, $"{Quick}\n{more}\n");

    public Task<ProgramResult> EmbeddedAsync(params string[] more) => Program.RunLogAsync(Log, ["--json", .. more]);

    public Task<ProgramResult> RunAsync(string settings = "", params string[] more) => RunAsync(new RunHost { Interrupts = _ => new TestProgram.Nothing() }, settings, more);

    public Task<ProgramResult> RunAsync(RunHost host, string settings = "", params string[] more) => TestProgram.RunAsync(host, Arguments(settings, more));

    public string[] Arguments(string settings, params string[] more) =>
        ["run", TestProgram.AccessLogConf, "--input", Input ?? Log, "--db", Program.PathOf("a.db"), "--json", "--runtime", "akka", "--cluster", Settings(settings, $"node-{Interlocked.Increment(ref _files)}.conf"), .. more];

    /// <summary>Another node of the same cluster, which runs no pipeline.</summary>
    public async Task<IHost> SeedAsync(int port, string system = "akkaprivacy", string version = "", string settings = "")
    {
        var context = new ReadContext();
        var root = HoconDocument.Parse($"{Quick}\n{settings}\nakkaprivacy.cluster {{ system = \"{system}\", node {{ port = {port}, roles = [ledger] }} }}", "seed.conf").Resolve();
        var configuration = ClusterLoader.Bind(root, context, $"Data Source={Program.PathOf("a.db")}.journal");
        if (version.Length > 0)
        {
            configuration = new ClusterConfiguration(configuration.Settings, AkkaBlock.Read(root, context), version);
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>().AddAkkaPrivacy(configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Program.Dispose();
    }
}
