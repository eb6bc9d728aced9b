using System.Diagnostics;
using System.Globalization;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Network;

/// <summary>A network namespace for each node, and one with two bridges between them: a node on the other bridge is cut off
/// in both directions, and one that has a wrong hardware address for another is heard by it no more.</summary>
internal sealed class NetworkLab : IDisposable
{
    private const string Bridge = "together";
    private const string Aside = "aside";
    private static int _labs;
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"akp{Environment.ProcessId}-{Interlocked.Increment(ref _labs)}");
    private readonly List<string> _nodes;
    private readonly List<string> _spaces = [];
    private readonly Watchdog _watchdog;

    public NetworkLab(WatchdogFixture fixture, IEnumerable<string> nodes)
    {
        (_watchdog, _nodes) = (fixture.Watchdog, [.. nodes]);
        Add(Switch);
        foreach (var bridge in new[] { Bridge, Aside })
        {
            Ip($"-n {Switch} link add {bridge} type bridge stp_state 0 forward_delay 0");
            Ip($"-n {Switch} link set {bridge} up");
        }

        foreach (var node in _nodes)
        {
            Add(NamespaceOf(node));
            Ip($"-n {Switch} link add port-{node} type veth peer name eth0 netns {NamespaceOf(node)}");
            Ip($"-n {Switch} link set port-{node} master {Bridge} up");
            Ip($"-n {NamespaceOf(node)} addr add {AddressOf(node)}/24 dev eth0");
            Ip($"-n {NamespaceOf(node)} link set eth0 up");
            Ip($"-n {NamespaceOf(node)} link set lo up");
        }
    }

    private string Switch => $"{_prefix}-switch";

    public string NamespaceOf(string node) => $"{_prefix}-{node}";

    public string AddressOf(string node) => string.Create(CultureInfo.InvariantCulture, $"10.77.0.{_nodes.IndexOf(node) + 1}");

    /// <summary>Cuts nodes off from the others, not from each other.</summary>
    public void CutOff(params string[] nodes) => Move(nodes, Aside);

    /// <summary>Undoes <see cref="CutOff"/>.</summary>
    public void Join(params string[] nodes) => Move(nodes, Bridge);

    /// <summary>What one node sends to another is lost; the other way is open.</summary>
    public void Deafen(string from, string to) =>
        Ip($"-n {NamespaceOf(from)} neigh replace {AddressOf(to)} lladdr 02:00:00:00:00:99 nud permanent dev eth0");

    public void Dispose() => _spaces.ForEach(space => Run("ip", $"netns del {space}"));

    private void Move(string[] nodes, string bridge)
    {
        foreach (var node in nodes)
        {
            Ip($"-n {Switch} link set port-{node} master {bridge}");
        }
    }

    private void Add(string space)
    {
        _watchdog.AtTheEnd($"ip netns del {space}");
        Ip($"netns add {space}");
        _spaces.Add(space);
    }

    private static void Ip(string arguments)
    {
        var (code, error) = Run("ip", arguments);
        Assert.True(code == 0, $"ip {arguments}: {error}");
    }

    internal static (int Code, string Error) Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
