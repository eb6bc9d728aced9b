using System.Globalization;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>Sharded account actors on one node or several, each a process, with one journal in a SQLite file.</summary>
internal sealed class ActorDebits : IDebitSubject
{
    private readonly IReadOnlyList<NodeProcess> _nodes;
    private readonly int _clients;
    private readonly int _accounts;

    /// <summary>A subject over nodes that run.</summary>
    /// <param name="name">The name in the results.</param>
    /// <param name="what">What is measured.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="clients">How many of them ask.</param>
    /// <param name="accounts">How many accounts.</param>
    public ActorDebits(string name, string what, IReadOnlyList<NodeProcess> nodes, int clients, int accounts) =>
        (Name, What, _nodes, _clients, _accounts) = (name, what, nodes, clients, accounts);

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public string What { get; }

    /// <summary>Starts nodes, joins them and opens the accounts.</summary>
    /// <param name="directory">Holds the journal; made here.</param>
    /// <param name="nodes">How many.</param>
    /// <param name="accounts">How many accounts.</param>
    /// <param name="fenced">Whether accounts take epochs of a store.</param>
    /// <param name="started">Gets each process at once, to end it whatever happens.</param>
    public static async Task<IReadOnlyList<NodeProcess>> StartAsync(string directory, int nodes, int accounts, bool fenced, List<NodeProcess> started)
    {
        Directory.CreateDirectory(directory);
        var cluster = new List<NodeProcess>();
        for (var i = 0; i < nodes; i++)
        {
            var node = await NodeProcess.StartAsync(new DebitNodeOptions(directory, cluster.Count == 0 ? "" : cluster[0].Address, i, fenced)).ConfigureAwait(false);
            started.Add(node);
            cluster.Add(node);
        }

        await cluster[0].AskAsync<string>(FormattableString.Invariant($"open {nodes} {accounts}")).ConfigureAwait(false);
        return cluster;
    }

    /// <inheritdoc />
    public async Task<DebitSample> RunAsync(TimeSpan time)
    {
        var milliseconds = ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var samples = await Task.WhenAll(_nodes.Take(_clients).Select((node, i) =>
            node.AskAsync<DebitSample>($"debit {i} {_clients} {_accounts} {milliseconds}"))).ConfigureAwait(false);
        return DebitSample.Together(samples);
    }
}
