using System.Globalization;
using AkkaPrivacy.Hosting.Akka.Configuration;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.LoadNode;

/// <summary>The tests' assembly as a program: a node that holds ledger accounts and asks those of all nodes for releases.</summary>
/// <remarks>Commands come on standard input, one a line: <c>ask N</c> asks for everything and answers with a line for each
/// release and <c>asked N</c>; <c>leave</c> leaves the cluster in good order. The end of standard input ends it.</remarks>
internal static class LoadNodeProgram
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["load-node", var file, var store, var number])
        {
            await Console.Error.WriteLineAsync("These are tests; run them with 'dotnet test'.");
            return 2;
        }

        var configuration = ClusterLoader.Load(new ClusterRequest(file, null, null, []), store);
        await using var node = await LoadNode.StartAsync(configuration, store, int.Parse(number, CultureInfo.InvariantCulture));
        await Console.Error.WriteLineAsync("is a member of the cluster");
        while (await Console.In.ReadLineAsync() is { } command)
        {
            if (command == "leave")
            {
                break;
            }

            await node.AskForEverythingAsync(Console.Out);
            await Console.Out.WriteLineAsync(command.Replace("ask", "asked", StringComparison.Ordinal));
        }

        await node.LeaveAsync();
        return 0;
    }
}
