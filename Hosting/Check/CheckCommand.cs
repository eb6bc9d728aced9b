using System.CommandLine;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;

namespace AkkaPrivacy.Hosting.Check;

/// <summary><c>akkaprivacy check FILE.conf</c>: shows the privacy plan before anything runs.</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        var arguments = new PipelineArguments();
        var command = new Command(
            "check",
            """
            Show the privacy plan of a pipeline: what is read, what is published, at what cost and with what error.

            Nothing is read, opened or spent. All mistakes of the configuration are listed at once, each with file, line,
            key and allowed range; the exit code is then 2, otherwise 0.

              akkaprivacy check hocon/access-log.conf
              akkaprivacy check hocon/access-log.conf --set pipeline.queries.visitors-per-hour.noise.epsilon=0.5
              akkaprivacy check hocon/access-log.conf --json
            """);
        arguments.AddTo(command);
        command.SetAction(parsed => Run(
            arguments.Read(parsed), parsed.GetValue(arguments.Json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(ConfigurationRequest request, bool asJson, TextWriter output, TextWriter error)
    {
        try
        {
            var report = PrivacyPlanBuilder.Build(ConfigurationLoader.Load(request));
            if (asJson)
            {
                output.WriteLine(JsonText.Of(report));
            }
            else
            {
                PrivacyPlanText.Write(report, output);
            }

            return ExitCode.Done;
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationReport.Write(exception, output, error, asJson);
        }
    }
}
