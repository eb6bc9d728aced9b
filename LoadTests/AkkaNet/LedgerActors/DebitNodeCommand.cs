using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>The hidden command that a node's process runs. It does what the lines of standard input say, answers each with
/// a line of JSON, and ends with its input, so that no process outlives the one that started it.</summary>
internal static class DebitNodeCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "ledger-node";

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        var directory = new Argument<string>("directory");
        var index = new Argument<int>("index");
        var fenced = new Argument<bool>("fenced");
        var seed = new Argument<string>("seed") { DefaultValueFactory = _ => "" };
        var command = new Command(Name, "A node of 'compare ledger-actors'; started by it.") { directory, index, fenced, seed };
        command.Hidden = true;
        command.SetAction((parsed, _) => RunAsync(
            new DebitNodeOptions(parsed.GetValue(directory)!, parsed.GetValue(seed)!, parsed.GetValue(index), parsed.GetValue(fenced))));
        return command;
    }

    private static async Task<int> RunAsync(DebitNodeOptions options)
    {
        await using var node = await DebitNode.StartAsync(options).ConfigureAwait(false);
        Answer(node.Address);
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            Answer(await DoAsync(node, line.Split(' ')).ConfigureAwait(false));
        }

        return 0;
    }

    private static async Task<object> DoAsync(DebitNode node, string[] words)
    {
        if (words[0] == "open")
        {
            await node.OpenAsync(Number(words[1]), Number(words[2])).ConfigureAwait(false);
            return "open";
        }

        return await node.DebitAsync(Number(words[1]), Number(words[2]), Number(words[3]), TimeSpan.FromMilliseconds(Number(words[4]))).ConfigureAwait(false);
    }

    private static void Answer(object answer)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(answer));
        Console.Out.Flush();
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
