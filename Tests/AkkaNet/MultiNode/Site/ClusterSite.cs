using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Network;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>One pipeline and the nodes that offer it: a folder, an input, a store, a journal, ports.</summary>
internal sealed class ClusterSite : IAsyncDisposable
{
    private const string Last = "last";
    private const int WhileSomethingIsWaitedFor = 20;

    // Well within the time that an account has to answer.
    private static readonly TimeSpan LetGoAfter = TimeSpan.FromSeconds(3);
    private readonly WatchdogFixture _fixture;
    private readonly ITestOutputHelper _output;
    private readonly NetworkLab? _network;
    private readonly List<NodeProcess> _all = [];
    private readonly Dictionary<string, string> _endpoints = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-cluster-").FullName;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private CalmRun? _calm;
    private PacedInput? _input;

    /// <param name="fixture">Ends nodes when nobody else does.</param>
    /// <param name="output">Seeds and times.</param>
    /// <param name="nodes">Names; the first starts the cluster, and every node gets all of them as seeds.</param>
    /// <param name="network">Their network; null for this machine's own.</param>
    public ClusterSite(WatchdogFixture fixture, ITestOutputHelper output, IReadOnlyList<string> nodes, NetworkLab? network = null)
    {
        (_fixture, _output, _network) = (fixture, output, network);
        Journal = PathOf("cluster.db.journal");
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

    /// <summary>Windows of the whole input, more than are charged: <see cref="SiteText.MaxWindows"/>.</summary>
    public int Windows { get; init; } = 120;

    /// <summary>What nodes read.</summary>
    public PacedInput Input => _input ?? throw new InvalidOperationException("There was no calm run.");

    /// <summary>How many releases are stored.</summary>
    public long Released => Sql.Number(Store, "SELECT count(*) FROM rows WHERE tbl = 'releases'");

    /// <summary>How many releases are withheld, and will be asked for again by the next owner.</summary>
    public long Withheld => Sql.Number(Store, "SELECT count(*) FROM rows WHERE tbl = 'withheld'");

    /// <summary>How many releases are stored or withheld.</summary>
    public long Settled => Sql.Number(Store, "SELECT count(*) FROM rows WHERE tbl IN ('releases', 'withheld')");

    /// <summary>How many releases are charged, stored or not.</summary>
    public long Charged => Sql.Number(Journal, "SELECT count(*) FROM journal WHERE manifest LIKE 'released/%'");

    /// <summary>The epoch of the store that the newest run has acquired.</summary>
    public long Epoch => Sql.Number(Store, $"SELECT max(epoch) FROM epochs WHERE resource = 'pipeline/{SiteText.Pipeline}'");

    /// <summary>The incarnations of nodes that the pipeline was assigned to, in order.</summary>
    public IReadOnlyList<string> Assigned => [.. Sql.Rows(
            Journal, "SELECT message FROM journal WHERE persistence_id = 'machine/pipeline-owner' ORDER BY sequence_number", row => Encoding.UTF8.GetString((byte[])row[0]))
        .Where(text => text.Contains("\"assigned\"", StringComparison.Ordinal))];

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Runs the pipeline once in one process without a cluster, on a store of its own, and has the input ready.</summary>
    public async Task CalmAsync()
    {
        _calm = await _fixture.Calm.OfAsync(Windows);
        File.Copy(_calm.Keys, PathOf("keys"));
        _input = new PacedInput(_calm.Input, PathOf("input.jsonl"));
    }

    /// <summary>Starts a node; it may not be a member yet.</summary>
    public NodeProcess Start(string name, params string[] more)
    {
        var (endpoint, conf, cluster) = (_endpoints[name], PathOf("cluster.conf"), PathOf($"{name}.conf"));
        File.WriteAllText(conf, SiteText.Conf(_folder, Store));
        File.WriteAllText(cluster, SiteText.Cluster(endpoint.Split(':')[0], $"Data Source={Journal}", StableAfter, More));
        string[] arguments = ["run", conf, "--json", "--runtime", "akka", "--cluster", cluster, "--node", name, "--port", endpoint.Split(':')[1], .. _endpoints.Values.SelectMany(seed => new[] { "--seed", seed }), .. more];
        var node = NodeProcess.Start(name, _fixture.Watchdog, _folder, "akkaprivacy.dll", arguments, name == Last ? null : _network?.NamespaceOf(name));
        _all.Add(node);
        return node;
    }

    /// <summary>Starts a node that reads on as the input grows, and waits until it is a member.</summary>
    public async Task<NodeProcess> JoinAsync(string name)
    {
        var node = Start(name, "--follow");
        await Until.IsAsync($"node {name} as a member", () => node.Errors.Contains("is a member of the cluster", StringComparison.Ordinal), Describe, () => node.HasExited);
        return node;
    }

    /// <summary>Starts nodes that read on as the input grows, one after the other: the first is the oldest.</summary>
    public async Task<NodeProcess[]> JoinAsync(params string[] names)
    {
        var nodes = new List<NodeProcess>();
        foreach (var name in names)
        {
            nodes.Add(await JoinAsync(name));
        }

        return [.. nodes];
    }

    /// <summary>Waits for a fact.</summary>
    public Task<TimeSpan> SeenAsync(string fact, Func<bool> isSo) => Until.IsAsync(fact, isSo, Describe, () => _all.TrueForAll(node => node.HasExited));

    /// <summary>Waits for a fact while the input goes on growing, by a bounded number of windows.</summary>
    public Task<TimeSpan> SeenMeanwhileAsync(string fact, Func<bool> isSo)
    {
        var most = Math.Min(Input.Poured + WhileSomethingIsWaitedFor, Windows);
        return SeenAsync(fact, () =>
        {
            Input.Pour(Input.Poured < most && Settled >= Input.Due ? 1 : 0);
            return isSo();
        });
    }

    /// <summary>Lets more windows come, and waits until all that follows from them is settled: released, but where an account
    /// did not answer in time.</summary>
    public Task<TimeSpan> MoreAsync(int windows = 2)
    {
        Input.Pour(windows);
        return SeenAsync($"{Input.Due} releases", () => Settled >= Input.Due);
    }

    /// <summary>Lets more windows come, and does something in the middle of them: some releases are stored, others are not.</summary>
    public async Task InTheMiddleAsync(int windows, int releases, Func<Task> act)
    {
        var goal = Settled + releases;
        Input.Pour(windows);
        await SeenAsync($"{goal} releases", () => Settled >= goal);
        await act();
    }

    /// <summary>Lets more windows come, and does something while a release is charged and not stored, and nobody is inside of
    /// a transaction of the store.</summary>
    /// <remarks>An account first looks into the store who owns the pipeline, and then charges in the journal: each is held up
    /// in turn. Whether it had passed the store by then is seen from the charge alone, so this may need several attempts.</remarks>
    public async Task ChargedAsync(int windows, Func<Task> act)
    {
        for (var (more, wait) = (windows, 200); ; (more, wait) = (2, Math.Min(2 * wait, 2_000)))
        {
            var journal = Sql.Lock(Journal);
            Input.Pour(more);
            await Task.Delay(wait);
            using (Sql.Lock(Store))
            {
                journal.Dispose();
                if (await Until.IsInTimeAsync(() => Charged > Released, LetGoAfter))
                {
                    await act();
                    return;
                }
            }

            await MoreAsync(0);
        }
    }

    /// <summary>Whether the node is the one that the pipeline was assigned to last.</summary>
    public bool Owns(NodeProcess node) => Assigned.LastOrDefault() is { } last && last.Contains($"@{_endpoints[node.Name]}#", StringComparison.Ordinal);

    /// <summary>The rest of the input comes, and the nodes that are left are told to leave. Another one, which follows no
    /// longer, reads to the end, and the books are as after one undisturbed run.</summary>
    public async Task<Books> FinishAsync(params NodeProcess[] nodes)
    {
        await MoreAsync(Input.Left);
        foreach (var node in nodes)
        {
            node.Signal(Posix.Terminate);
        }

        foreach (var node in nodes)
        {
            Assert.True(await node.ExitAsync() == 130, node.Describe());
        }

        return await EndAsync();
    }

    /// <summary>A node alone, in a cluster of its own, reads to the end.</summary>
    public async Task<Books> EndAsync()
    {
        _endpoints.Clear();
        using (var ports = new FreePorts())
        {
            _endpoints[Last] = $"127.0.0.1:{ports.Next()}";
        }

        var last = Start(Last);
        Assert.True(await last.ExitAsync() == 0, last.Describe());
        return Invariants.AfterTheLastRun(Journal, Store, _calm!.Books);
    }

    public void Say(string text) => Report.Write(_output, string.Create(CultureInfo.InvariantCulture, $"[{_watch.Elapsed.TotalSeconds,5:0.0} s] {text}"));

    public string Describe() => $"{Released} of {Input.Due} releases, {Withheld} withheld, epoch {Epoch}, {Assigned.Count} assignments{Environment.NewLine}{string.Join(Environment.NewLine, _all.Select(node => node.Describe()))}";

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
