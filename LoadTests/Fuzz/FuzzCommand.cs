using System.CommandLine;
using System.Diagnostics;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary><c>fuzz</c>: damaged inputs for everything that reads bytes.</summary>
internal static class FuzzCommand
{
    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        var name = new Argument<string>("name") { Description = $"What to feed: all, {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}." };
        name.AcceptOnlyFromAmong(["all", .. FuzzTargets.All.Select(target => target.Name)]);
        var inputs = new Option<long>("--inputs") { Description = "Inputs for each reader, 1 or more.", DefaultValueFactory = _ => 10_000_000 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the inputs.", DefaultValueFactory = _ => 1 };
        var first = new Option<long>("--first") { Description = "Number of the first input, to replay one.", DefaultValueFactory = _ => 0 };
        var command = new Command(
            "fuzz",
            """
            Feeds readers with mutations of sound inputs. A reader may refuse an input with its own kind of error; anything else that it
            throws, 10 seconds, or 64 MiB for one input is a fault, and so is a disagreement with its oracle.

            Exit code 0 without faults, 1 with some, 3 when an input does not end.

              dotnet run -c Release --project LoadTests -- fuzz json --inputs 10000000 --seed 1
            """)
        {
            name,
            inputs,
            seed,
            first,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(name)!, parsed.GetValue(seed), parsed.GetValue(first), parsed.GetValue(inputs), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string name, ulong seed, long first, long inputs, TextWriter output)
    {
        var code = 0;
        foreach (var target in FuzzTargets.All.Where(target => name == "all" || target.Name == name))
        {
            var started = Stopwatch.GetTimestamp();
            var result = FuzzRun.Run(target, seed, first, inputs, number =>
            {
                output.WriteLine($"{target.Name}: input {number} does not end. Replay: fuzz {target.Name} --seed {seed} --first {number} --inputs 1");
                output.Flush();
                Environment.Exit(3);
            });
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            output.WriteLine(FormattableString.Invariant(
                $"{target.Name}: {result.Inputs} inputs, {result.Sound} sound, {result.Inputs / seconds:N0}/s, at most {result.MostBytes:N0} bytes and {result.Slowest.TotalMilliseconds:N0} ms, {result.Faults.Count} faults"));
            foreach (var fault in result.Faults)
            {
                code = 1;
                output.WriteLine($"  {fault}");
            }
        }

        return code;
    }
}
