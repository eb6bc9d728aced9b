using System.CommandLine;
using AkkaPrivacy.Hosting.Check.Against;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Hosting.Run;

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
        var against = new Option<string?>("--against") { Description = "Say what a start on this store would do: the store's file, as for --db. It is opened, and nothing in it is changed.", HelpName = "STORE" };
        var command = new Command(
            "check",
            """
            Show the privacy plan of a pipeline: what is read, what is published, at what cost and with what error.

            Nothing is spent, and nothing is read but the tables of stages. All mistakes of the configuration are listed at once, each with file, line,
            key and allowed range; the exit code is then 2, otherwise 0. With --against it is 2, too, when the store refuses the
            configuration (a name that would stand for other numbers, another account policy, other keys), and 5 when it cannot be read.

              akkaprivacy check hocon/access-log.conf
              akkaprivacy check hocon/access-log.conf --set pipeline.queries.visitors-per-hour.noise.epsilon=0.5
              akkaprivacy check hocon/access-log.conf --json
              akkaprivacy check site.conf --cluster cluster.conf
              akkaprivacy check site-new.conf --against site.db
            """);
        arguments.AddTo(command);
        command.Add(cluster);
        command.Add(against);
        command.SetAction((parsed, _) => RunAsync(
            With(arguments.Read(parsed), parsed.GetValue(against)), parsed.GetValue(cluster), parsed.GetValue(against) is not null, parsed.GetValue(arguments.Json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static ConfigurationRequest With(ConfigurationRequest request, string? against) => against is null ? request : request with { Store = against };

    private static async Task<int> RunAsync(ConfigurationRequest request, string? cluster, bool against, bool asJson, TextWriter output, TextWriter error)
    {
        try
        {
            var (configuration, report) = Build(request, cluster);
            report = against ? report with { Against = await StoreCheck.InspectAsync(configuration, TimeProvider.System).ConfigureAwait(false) } : report;
            if (asJson)
            {
                await output.WriteLineAsync(JsonText.Of(report)).ConfigureAwait(false);
            }
            else
            {
                PrivacyPlanText.Write(report, output);
                if (report.Against is { } start)
                {
                    AgainstText.Write(start, output);
                }
            }

            return report.Against is { Refused: true } ? ExitCode.Configuration : ExitCode.Done;
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationReport.Write(exception, output, error, asJson);
        }
        catch (Exception exception) when (against && exception is not OutOfMemoryException)
        {
            var failure = RunFailure.Of(exception);
            failure.Write(error, null);
            if (asJson)
            {
                await output.WriteLineAsync(JsonText.Of(new { Error = new { failure.ExitCode, failure.Message } })).ConfigureAwait(false);
            }

            return failure.ExitCode;
        }
    }

    // Mistakes of both files are listed in one go.
    private static (PipelineConfiguration Configuration, PrivacyPlanReport Report) Build(ConfigurationRequest request, string? cluster)
    {
        var mistakes = new List<ConfigurationError>();
        var configuration = Try(() => ConfigurationLoader.Load(request), mistakes);
        var node = cluster is null ? null : Try(() => CheckNode(cluster, configuration), mistakes);
        return mistakes.Count > 0 ? throw new ConfigurationException(mistakes) : (configuration!, PrivacyPlanBuilder.Build(configuration!) with { Node = node });
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
