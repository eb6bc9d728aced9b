using System.CommandLine;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Check;

/// <summary><c>akkaprivacy check FILE.conf</c>: shows the privacy plan before anything runs.</summary>
internal static class CheckCommand
{
#if AKKANET
    private static readonly Func<string, PipelineConfiguration?, NodeReport> CheckNode = Akka.ClusterCheck.Check;
#else
    private static readonly Func<string, PipelineConfiguration?, NodeReport> CheckNode = (file, _) => throw new ConfigurationException(
        [new ConfigurationError(new HoconOrigin(file, 0, 0), string.Empty, "this program was built without the Akka.NET runtime and cannot check a node's settings. Build it with 'dotnet build AkkaPrivacy.sln -c Release -p:AkkaNet=true', or leave out --cluster")]);
#endif

    /// <summary>The command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        var arguments = new PipelineArguments();
        var cluster = new Option<string?>("--cluster") { Description = "Check a node's settings, too, as 'run --runtime akka' reads them (needs a build with -p:AkkaNet=true).", HelpName = "CLUSTER.conf" };
        var command = new Command(
            "check",
            """
            Show the privacy plan of a pipeline: what is read, what is published, at what cost and with what error.

            Nothing is spent, and nothing is read but the tables of stages. All mistakes of the configuration are listed at once, each with file, line,
            key and allowed range; the exit code is then 2, otherwise 0.

              akkaprivacy check hocon/access-log.conf
              akkaprivacy check hocon/access-log.conf --set pipeline.queries.visitors-per-hour.noise.epsilon=0.5
              akkaprivacy check hocon/access-log.conf --json
              akkaprivacy check site.conf --cluster cluster.conf
            """);
        arguments.AddTo(command);
        command.Add(cluster);
        command.SetAction(parsed => Run(
            arguments.Read(parsed), parsed.GetValue(cluster), parsed.GetValue(arguments.Json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(ConfigurationRequest request, string? cluster, bool asJson, TextWriter output, TextWriter error)
    {
        try
        {
            var report = Build(request, cluster);
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

    // Mistakes of both files are listed in one go.
    private static PrivacyPlanReport Build(ConfigurationRequest request, string? cluster)
    {
        var mistakes = new List<ConfigurationError>();
        var configuration = Try(() => ConfigurationLoader.Load(request), mistakes);
        var node = cluster is null ? null : Try(() => CheckNode(cluster, configuration), mistakes);
        return mistakes.Count > 0 ? throw new ConfigurationException(mistakes) : PrivacyPlanBuilder.Build(configuration!) with { Node = node };
    }

    private static T? Try<T>(Func<T> read, List<ConfigurationError> mistakes)
        where T : class
    {
        try
        {
            return read();
        }
        catch (ConfigurationException exception)
        {
            mistakes.AddRange(exception.Errors);
            return null;
        }
    }
}
