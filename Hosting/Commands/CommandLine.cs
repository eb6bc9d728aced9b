using System.CommandLine;
using AkkaPrivacy.Hosting.Check;
using AkkaPrivacy.Hosting.Demo;
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
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var parsed = Root().Parse(arguments);
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = Termination,
        };
        try
        {
            var code = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
            return parsed.Errors.Count > 0 ? ExitCode.Configuration : code;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            await error.WriteLineAsync($"Unexpected failure: {exception.GetType().Name}. What was stored stays as it is.").ConfigureAwait(false);
            return ExitCode.Unexpected;
        }
    }

    private static RootCommand Root() => new(
        $"""
        Publishes statistics about streams of personal events without revealing any person.

        First steps:
          akkaprivacy demo                                             made-up traffic, private numbers beside the true ones
          akkaprivacy check hocon/access-log.conf                      what would be published, at what cost and error

        {ExitCode.Help}
        """)
    {
        DemoCommand.Create(),
        CheckCommand.Create(),
        TopologyCommand.Create(),
    };
}
