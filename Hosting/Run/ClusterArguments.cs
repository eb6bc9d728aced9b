using System.CommandLine;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>The options of <c>run</c> that choose a runtime and place this process in a cluster.</summary>
internal sealed class ClusterArguments
{
    private const string Akka = "akka";
    private readonly Option<string> _runtime = new("--runtime") { Description = "embedded: all in this process; akka: as a node of an Akka.NET cluster (needs a build with -p:AkkaNet=true).", HelpName = "embedded|akka", DefaultValueFactory = _ => "embedded" };
    private readonly Option<string?> _cluster = new("--cluster") { Description = "Settings of the cluster, over hocon/cluster.conf.", HelpName = "CLUSTER.conf" };
    private readonly Option<string?> _node = new("--node") { Description = "The node's name, for people.", HelpName = "NAME" };
    private readonly Option<int?> _port = new("--port") { Description = "The node's port; 0 takes a free one.", HelpName = "N" };
    private readonly Option<string[]> _seeds = new("--seed") { Description = "A node to join. Repeatable; without one the node starts a cluster of its own.", HelpName = "HOST:PORT" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _runtime.AcceptOnlyFromAmong("embedded", Akka);
        command.Add(_runtime);
        command.Add(_cluster);
        command.Add(_node);
        command.Add(_port);
        command.Add(_seeds);
        command.Validators.Add(result =>
        {
            var given = new Option[] { _cluster, _node, _port, _seeds }.FirstOrDefault(option => result.GetResult(option) is not null);
            if (given is not null && result.GetValue(_runtime) != Akka)
            {
                result.AddError($"Option '{given.Name}' goes with '--runtime akka' only.");
            }
        });
    }

    /// <summary>Reads them.</summary>
    /// <returns>Null for the embedded runtime.</returns>
    public ClusterRequest? Read(ParseResult parsed) => parsed.GetValue(_runtime) == Akka
        ? new ClusterRequest(parsed.GetValue(_cluster), parsed.GetValue(_node), parsed.GetValue(_port), parsed.GetValue(_seeds) ?? [])
        : null;
}
