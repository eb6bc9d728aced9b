using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AkkaPrivacy.Storage.Sqlite;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Network;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>One pipeline and the nodes that offer it: a folder, a store, a journal, ports.</summary>
internal sealed class ClusterSite : IAsyncDisposable
{
    private readonly Watchdog _watchdog;
    private readonly ITestOutputHelper _output;
    private readonly NetworkLab? _network;
    private readonly List<NodeProcess> _all = [];
    private readonly Dictionary<string, string> _endpoints = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-cluster-").FullName;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private Books? _calm;
    private SlowStore? _slow;

    /// <param name="nodes">Names; the first starts the cluster, and every node gets all of them as seeds.</param>
    public ClusterSite(WatchdogFixture fixture, ITestOutputHelper output, IReadOnlyList<string> nodes, NetworkLab? network = null)
    {
        (_watchdog, _output, _network) = (fixture.Watchdog, output, network);
        Journal = PathOf("cluster.db.journal");
        SiteInput.Write(PathOf("input.jsonl"));
        using var ports = new FreePorts();
        foreach (var node in nodes)
        {
            _endpoints[node] = network is null ? $"127.0.0.1:{ports.Next()}" : $"{network.AddressOf(node)}:2551";
        }
    }

    public string Store => PathOf("cluster.db");

    public string Journal { get; }

    /// <summary>Settings of every node over those of the site.</summary>
    public string More { get; init; } = string.Empty;

    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many releases are stored.</summary>
    public long Released => Sql.Number(Store, "SELECT count(*) FROM rows WHERE tbl = 'releases'");

    /// <summary>How many releases one undisturbed run makes.</summary>
    public static int All => SiteInput.Windows * SiteText.Queries;

    /// <summary>The epoch of the store that the newest run has acquired.</summary>
    public long Epoch => Sql.Number(Store, $"SELECT max(epoch) FROM epochs WHERE resource = 'pipeline/{SiteText.Pipeline}'");

    /// <summary>The incarnations of nodes that the pipeline was assigned to, in order.</summary>
    public IReadOnlyList<string> Assigned => [.. Sql.Rows(
            Journal, "SELECT message FROM journal WHERE persistence_id = 'machine/pipeline-owner' ORDER BY sequence_number", row => Encoding.UTF8.GetString((byte[])row[0]))
        .Where(text => text.Contains("\"assigned\"", StringComparison.Ordinal))];

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Runs the pipeline once in one process without a cluster, on a store of its own.</summary>
    public async Task CalmAsync()
    {
        await File.WriteAllTextAsync(PathOf("calm.conf"), SiteText.Conf(_folder, PathOf("calm.db")));
        await using var calm = NodeProcess.Start("calm", _watchdog, _folder, "akkaprivacy.dll", ["run", PathOf("calm.conf"), "--json"]);
        Assert.True(await calm.ExitAsync() == 0, calm.Describe());
        _calm = Books.Read(PathOf("no.journal"), PathOf("calm.db"));
        Assert.Equal(All, _calm.Stored.Count);
    }

    /// <summary>Starts a node; it may not be a member yet.</summary>
    public NodeProcess Start(string name)
    {
        var (endpoint, conf, cluster) = (_endpoints[name], PathOf("cluster.conf"), PathOf($"{name}.conf"));
        File.WriteAllText(conf, SiteText.Conf(_folder, Store));
        File.WriteAllText(cluster, SiteText.Cluster(endpoint.Split(':')[0], $"Data Source={Journal}", StableAfter, More));
        string[] arguments = ["run", conf, "--json", "--runtime", "akka", "--cluster", cluster, "--node", name, "--port", endpoint.Split(':')[1], .. _endpoints.Values.SelectMany(seed => new[] { "--seed", seed })];
        var node = NodeProcess.Start(name, _watchdog, _folder, "akkaprivacy.dll", arguments, _network?.NamespaceOf(name));
        _all.Add(node);
        return node;
    }

    /// <summary>Starts a node and waits until it is a member.</summary>
    public async Task<NodeProcess> JoinAsync(string name)
    {
        var node = Start(name);
        await Until.IsAsync($"node {name} as a member", () => node.Errors.Contains("is a member of the cluster", StringComparison.Ordinal), Describe, () => node.HasExited || _all.TrueForAll(other => other == node || other.HasExited) && _all.Count > 1);
        return node;
    }

    /// <summary>Makes the store slow before anything runs.</summary>
    public async Task<SlowStore> SlowAsync()
    {
        await using (await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Store }))
        {
            return _slow = SlowStore.Start(Store);
        }
    }

    /// <summary>Waits for a fact.</summary>
    public Task<TimeSpan> SeenAsync(string fact, Func<bool> isSo) => Until.IsAsync(fact, isSo, Describe, () => _all.TrueForAll(node => node.HasExited));

    /// <summary>Waits until more is released than there is now.</summary>
    public async Task<TimeSpan> MoreAsync(int releases = 2)
    {
        var (goal, slow) = (Released + releases, _slow ?? throw new InvalidOperationException("The store is not slow."));
        slow.Hold = SlowStore.Steadily;
        var passed = await SeenAsync($"{goal} releases", () => Released >= goal);
        slow.Hold = SlowStore.Slowly;
        return passed;
    }

    /// <summary>Whether the node is the one that the pipeline was assigned to last.</summary>
    public bool Owns(NodeProcess node) => Assigned.LastOrDefault() is { } last && last.Contains($"@{_endpoints[node.Name]}#", StringComparison.Ordinal);

    /// <summary>All nodes that are left run to the end, and the books are as after one undisturbed run.</summary>
    public async Task<Books> FinishAsync(params NodeProcess[] nodes)
    {
        foreach (var node in nodes)
        {
            Assert.True(await node.ExitAsync() == 0, node.Describe());
        }

        return Invariants.AfterTheLastRun(Journal, Store, _calm!);
    }

    public void Say(string text) => Report.Write(_output, string.Create(CultureInfo.InvariantCulture, $"[{_watch.Elapsed.TotalSeconds,5:0.0} s] {text}"));

    public string Describe() => $"{Released} of {All} releases, epoch {Epoch}, {Assigned.Count} assignments{Environment.NewLine}{string.Join(Environment.NewLine, _all.Select(node => node.Describe()))}";

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _all)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Free ports, all held until each is known.</summary>
internal sealed class FreePorts : IDisposable
{
    private readonly List<TcpListener> _listeners = [];

    public int Next()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _listeners.Add(listener);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose() => _listeners.ForEach(listener => listener.Dispose());
}
