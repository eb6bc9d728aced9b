using System.Globalization;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>Nodes that hold accounts and ask them, without a pipeline.</summary>
internal sealed class LoadSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-load-").FullName;
    private readonly Dictionary<string, int> _ports = [];
    private readonly List<NodeProcess> _all = [];
    private readonly Watchdog _watchdog;
    private readonly ITestOutputHelper _output;

    public LoadSite(WatchdogFixture fixture, ITestOutputHelper output)
    {
        (_watchdog, _output) = (fixture.Watchdog, output);
        Directory.CreateDirectory(Path.GetDirectoryName(Journal)!);
        using var ports = new FreePorts();
        foreach (var name in new[] { "a", "b", "c" })
        {
            _ports[name] = ports.Next();
        }
    }

    /// <summary>How many releases the budgets of all accounts allow.</summary>
    public const int Settled = LoadNode.LoadNode.Accounts * LoadNode.LoadNode.Periods * LoadNode.LoadNode.WindowsAllowed;

    public string Journal => Path.Combine(_folder, "journal", "journal.db");

    public long Charged => Sql.Number(Journal, "SELECT count(*) FROM journal WHERE manifest LIKE 'released/%'");

    public async Task<NodeProcess> JoinAsync(string name)
    {
        var file = Path.Combine(_folder, $"{name}.conf");
        var seeds = string.Join(", ", _ports.Values.Select(port => string.Create(CultureInfo.InvariantCulture, $"\"127.0.0.1:{port}\"")));
        await File.WriteAllTextAsync(file, SiteText.Cluster("127.0.0.1", $"Data Source={Journal}", TimeSpan.FromSeconds(1), string.Create(
            CultureInfo.InvariantCulture, $"akkaprivacy.cluster.node.port = {_ports[name]}\nakkaprivacy.cluster.node.seeds = [{seeds}]\nakkaprivacy.cluster.ledger.shards = 30\n")));
        string[] arguments = ["load-node", file, Path.Combine(_folder, "fence.db"), string.Create(CultureInfo.InvariantCulture, $"{name[0] - 'a' + 1}")];
        var node = NodeProcess.Start(name, _watchdog, _folder, "AkkaPrivacy.Tests.dll", arguments);
        _all.Add(node);
        await SeenAsync($"node {name} as a member", () => node.Errors.Contains("is a member of the cluster", StringComparison.Ordinal));
        return node;
    }

    public Task<TimeSpan> SeenAsync(string fact, Func<bool> isSo) => Until.IsAsync(fact, isSo, () => $"{Charged} charges{Environment.NewLine}{string.Join(Environment.NewLine, _all.Select(node => node.Describe()))}", () => _all.Exists(node => node.HasExited && node.ExitCode != 0));

    /// <summary>Whether a node's line says that an account did not answer; behind it is why.</summary>
    public static bool IsWithheld(string line) => line.Split(' ') is ["refused", _, "Unavailable", _, ..];

    /// <summary>Every answer of every node is the one that the journal holds.</summary>
    public static void OneAnswer(Books books, NodeProcess[] nodes)
    {
        var stored = books.Charges.ToDictionary(charge => charge.Release, charge => charge.Values!.Value.GetProperty("groups")[0].GetProperty("value").GetDecimal());
        foreach (var line in nodes.SelectMany(node => node.Lines()).Select(line => line.Split(' ')).Where(line => line[0] == "released"))
        {
            Assert.Equal(stored[line[1]], decimal.Parse(line[2], CultureInfo.InvariantCulture));
        }
    }

    public void Say(string text) => Report.Write(_output, text);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _all)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
