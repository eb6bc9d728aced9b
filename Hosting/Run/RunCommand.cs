using System.CommandLine;
using AkkaPrivacy.Hosting.Commands;

namespace AkkaPrivacy.Hosting.Run;

/// <summary><c>akkaprivacy run FILE.conf</c>: runs a pipeline to the end of its input.</summary>
internal static class RunCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "run";

    /// <summary>The command.</summary>
    /// <param name="host">The process around it.</param>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create(RunHost host)
    {
        var arguments = new PipelineArguments();
        var cluster = new ClusterArguments();
        var lanes = new Option<int?>("--lanes") { Description = "Lanes that run in parallel, 1 to 64, instead of pipeline.runtime.lanes.", HelpName = "N" };
        var follow = new Option<bool>("--follow") { Description = "Read files on as they grow and are rotated (pipeline.source.follow); Ctrl-C ends the run." };
        var verbose = new Option<bool>("--verbose") { Description = "On failure, show the types and places of the exceptions; never their messages, which could quote rows." };
        var command = new Command(
            Name,
            $"""
            Run a pipeline: read events, bound and aggregate them, add noise once, charge the budget, publish.

            State, budget and releases are kept in the store (--db). Run the same command again after an interruption and it
            goes on; after the end of the input it publishes the same numbers and spends nothing.
            Ctrl-C drains and stores the state; a second Ctrl-C stops at once.

              akkaprivacy run hocon/access-log.conf --input access.log
              zcat access.log.*.gz | akkaprivacy run hocon/access-log.conf --input - --db access.db
              akkaprivacy run hocon/access-log.conf --input 'logs/*.log' --json > releases.json
              akkaprivacy run hocon/access-log.conf --input /var/log/nginx/access.log --follow

            {ExitCode.Help}
            """);
        arguments.AddTo(command);
        command.Add(lanes);
        command.Add(follow);
        command.Add(verbose);
        cluster.AddTo(command);
        command.SetAction((parsed, _) => RunSession.RunAsync(
            new RunRequest(arguments.Read(parsed) with { Lanes = parsed.GetValue(lanes), Follow = parsed.GetValue(follow) }, parsed.GetValue(arguments.Json), parsed.GetValue(verbose), cluster.Read(parsed)),
            host,
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }
}
