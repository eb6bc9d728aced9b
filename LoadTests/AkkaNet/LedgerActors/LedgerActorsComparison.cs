using System.CommandLine;
using System.Globalization;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary><c>compare ledger-actors</c>: ledger debits a second through sharded actors on one node and on three.</summary>
internal static class LedgerActorsComparison
{
    private const int Rounds = 5;
    private const int MaxAccounts = 10_000;

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object." };
        var accounts = Number("--accounts", $"Accounts, 1 to {MaxAccounts}; each is asked for one release after the other.", 1, MaxAccounts, 64);
        var seconds = Number("--seconds", "Measured time in all, 1 to 3600; starting the nodes and warming up comes on top.", 1, 3600, 30);
        var command = new Command(
            "ledger-actors",
            """
            Durable ledger debits a second, in interleaved rounds: sharded actors on one node and on three, beside the store's ledger.

            Nodes are processes that talk over loopback and share a journal in a SQLite file (Akka.Persistence.Sql). A debit
            counts when its charge and its values have been committed and the answer has come.

            store             baseline: the ledger on a SQLite store, a transaction for each release
            one-node          clients and accounts on one node; as on every node of the product, an account checks its epoch
                              in a shared store before each event
            one-node-unfenced the same without the shared store
            three-nodes       clients and accounts on three nodes
            three-nodes-one-client
                              accounts on three nodes, all clients on one of them
            """)
        {
            json, accounts, seconds,
        };
        command.SetAction(async (parsed, _) =>
        {
            var report = await MeasureAsync(parsed.GetValue(accounts), TimeSpan.FromSeconds(parsed.GetValue(seconds))).ConfigureAwait(false);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(report.ToJson()).ConfigureAwait(false);
            }
            else
            {
                report.Write(output);
            }

            return 0;
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int least, int most, int byDefault) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens.Single().Value, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            {
                return value;
            }

            result.AddError($"{name} must be a number from {least} to {most}.");
            return byDefault;
        },
    };

    private static async Task<DebitReport> MeasureAsync(int accounts, TimeSpan time)
    {
        var directory = Directory.CreateTempSubdirectory("akkaprivacy-debits-");
        var started = new List<NodeProcess>();
        try
        {
            await using var store = await StoreDebits.StartAsync(directory.FullName, accounts).ConfigureAwait(false);
            Task<IReadOnlyList<NodeProcess>> Start(string name, int nodes, bool fenced) =>
                ActorDebits.StartAsync(Path.Combine(directory.FullName, name), nodes, accounts, fenced, started);
            var one = await Start("one", 1, true).ConfigureAwait(false);
            var unfenced = await Start("unfenced", 1, false).ConfigureAwait(false);
            var three = await Start("three", 3, true).ConfigureAwait(false);
            return await MeasureAsync(accounts, time, [
                store,
                new ActorDebits("one-node", "clients and accounts on one node", one, 1, accounts),
                new ActorDebits("one-node-unfenced", "the same without the shared store", unfenced, 1, accounts),
                new ActorDebits("three-nodes", "clients and accounts on three nodes", three, 3, accounts),
                new ActorDebits("three-nodes-one-client", "accounts on three nodes, clients on one", three, 1, accounts),
            ]).ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll(started.Select(node => node.DisposeAsync().AsTask())).ConfigureAwait(false);
            directory.Delete(recursive: true);
        }
    }

    private static async Task<DebitReport> MeasureAsync(int accounts, TimeSpan time, IReadOnlyList<IDebitSubject> subjects)
    {
        var slice = time / (Rounds * subjects.Count);
        var samples = subjects.Select(_ => new List<DebitSample>()).ToArray();
        foreach (var subject in subjects)
        {
            await subject.RunAsync(slice).ConfigureAwait(false);
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < subjects.Count; i++)
            {
                var turn = round % 2 == 0 ? i : subjects.Count - 1 - i;
                samples[turn].Add(await subjects[turn].RunAsync(slice).ConfigureAwait(false));
            }
        }

        return new DebitReport(accounts, [.. subjects.Select((subject, i) => (subject, (IReadOnlyList<DebitSample>)samples[i]))]);
    }
}
