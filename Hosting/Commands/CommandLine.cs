using System.CommandLine;
using AkkaPrivacy.Hosting.Accounts;
using AkkaPrivacy.Hosting.Check;
using AkkaPrivacy.Hosting.Control;
using AkkaPrivacy.Hosting.Demo;
using AkkaPrivacy.Hosting.Diff;
using AkkaPrivacy.Hosting.Reload;
using AkkaPrivacy.Hosting.Replay;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Hosting.Top;
using AkkaPrivacy.Hosting.Topology;

namespace AkkaPrivacy.Hosting.Commands;

/// <summary>The program's command line.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan Termination = TimeSpan.FromSeconds(2);

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="host">What <c>run</c> takes from the process; null for the process itself.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, RunHost? host = null)
    {
        var parsed = Root(host ?? RunHost.Process).Parse(arguments);
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,

            // 'run' drains on Ctrl-C, however long that takes; other commands may be cut off.
            ProcessTerminationTimeout = parsed.CommandResult.Command.Name == RunCommand.Name ? null : Termination,
        };
        try
        {
            var code = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
            return code != ExitCode.Done && parsed.Errors.Count > 0 ? ExitCode.Configuration : code;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            await error.WriteLineAsync($"Unexpected failure: {exception.GetType().Name}. What was stored stays as it is. --verbose of 'run' shows where.").ConfigureAwait(false);
            return ExitCode.Unexpected;
        }
    }

    private static RootCommand Root(RunHost host)
    {
        var root = new RootCommand(
            $"""
            Publishes statistics about streams of personal events without revealing any person.

            First steps:
              akkaprivacy demo                                             made-up traffic, private numbers beside the true ones
              akkaprivacy check hocon/access-log.conf                      what would be published, at what cost and error
              akkaprivacy run hocon/access-log.conf --input access.log     publish it; a second run spends nothing

            {ExitCode.Help}
            """)
        {
            DemoCommand.Create(),
            CheckCommand.Create(),
            DiffCommand.Create(),
            RunCommand.Create(host),
            ReloadCommand.Create(),
            ReplayCommand.Create(host),
            LedgerCommand.Create(host),
            TopologyCommand.Create(),
            TopCommand.Create(),
        };
        foreach (var command in ControlCommand.CreateAll())
        {
            root.Add(command);
        }

        DetailedHelp.AddTo(root);
        return root;
    }
}
