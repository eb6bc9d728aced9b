using System.CommandLine;
using System.Globalization;

namespace AkkaPrivacy.LoadTests.Race;

/// <summary>The hidden command of a process that races for a budget; tests start it and kill it. It runs what the lines of
/// standard input say and ends with its input, so that no process outlives the one that started it.</summary>
internal static class RaceWriterCommand
{
    /// <summary>Its name.</summary>
    public const string Name = "ledger-race-writer";

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        var command = new Command(Name, "A process of the race tests; started by them.") { Hidden = true };
        command.SetAction(async (_, _) =>
        {
            // Reading goes on during a race, so that the end of the input is seen at once.
            _ = Task.Run(ReadAsync);
            Say("ready");
            await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
            return 0;
        });
        return command;
    }

    /// <summary>Writes a line to whoever started the process.</summary>
    /// <param name="line">The line.</param>
    public static void Say(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    private static async Task ReadAsync()
    {
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            var words = line.Split('\t');
            var race = new RaceWriter(words[0], words[1], int.Parse(words[2], CultureInfo.InvariantCulture), words[3] == "grouped");
            _ = Task.Run(() => RunAsync(race));
        }

        Environment.Exit(0);
    }

    private static async Task RunAsync(RaceWriter race)
    {
        try
        {
            await race.RunAsync().ConfigureAwait(false);
            Say("done");
        }
        catch (Exception failure)
        {
            Say($"failed\t{failure.ToString().ReplaceLineEndings(" ")}");
        }
    }
}
