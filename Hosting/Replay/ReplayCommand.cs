using System.CommandLine;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Replay;

/// <summary><c>akkaprivacy replay FILE.conf --from FILE.jsonl</c>: reads rows again that runs left out.</summary>
internal static class ReplayCommand
{
    /// <summary>The command.</summary>
    /// <param name="host">The process around it.</param>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create(RunHost host)
    {
        var arguments = new PipelineArguments();
        var from = new Option<string>("--from") { Description = "The file of a side output (pipeline.side-outputs, pipeline.dead-letters) with the places.", HelpName = "FILE", Required = true };
        var command = new Command(
            "replay",
            $"""
            Read rows again that runs left out, after what was wrong is fixed, and count them in windows that are still open.

            Stop the run first: a replay takes the pipeline over. It moves no position and fires no window; the next 'run' goes on
            where the last one stopped. Bounds hold across both. A row counts once however often it is replayed, and rows of
            windows that have fired are counted as after_firing. The fix may be another build, table or source line; one that
            changes the plan hash begins new state, and 'run' reads the whole input then.

              akkaprivacy replay hocon/access-log.conf --input access.log --from dead-letters.jsonl

            {ExitCode.Help}
            """);
        arguments.AddTo(command);
        command.Add(from);
        command.SetAction((parsed, cancellationToken) => ReplaySession.RunAsync(
            arguments.Read(parsed), parsed.GetRequiredValue(from), parsed.GetValue(arguments.Json), host,
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }
}
