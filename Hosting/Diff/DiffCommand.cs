using System.CommandLine;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;

namespace AkkaPrivacy.Hosting.Diff;

/// <summary><c>akkaprivacy diff OLD.conf NEW.conf</c>: shows what becomes of queries, releases and budget when a plan is changed.</summary>
internal static class DiffCommand
{
    /// <summary>The command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        var old = new Argument<string>("OLD.conf") { Description = "The pipeline that is in force, in HOCON." };
        var @new = new Argument<string>("NEW.conf") { Description = "The pipeline that is to take its place." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object to standard output." };
        var command = new Command(
            "diff",
            $"""
            Show what a change of a pipeline does: which queries keep their releases and their state, which are new, which end, and
            which composition groups and budgets are touched.

            A query keeps its releases when its plan hash stays the same: paths, sinks, lanes, supervision and other queries are not
            in it. A change is refused that gives a query's name to other numbers: readers of the releases could not tell them apart.
            Nothing is read, opened or spent. Exit code 0 when the change is allowed, 2 when it is refused or a file has mistakes.

              akkaprivacy diff site.conf site-new.conf
              akkaprivacy diff site.conf site-new.conf --json
            """)
        {
            old, @new, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(old), parsed.GetRequiredValue(@new), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string old, string @new, bool asJson, TextWriter output, TextWriter error)
    {
        try
        {
            var report = DiffReport.Of(
                ConfigurationLoader.Load(new ConfigurationRequest { File = old }).Plan, ConfigurationLoader.Load(new ConfigurationRequest { File = @new }).Plan);
            if (asJson)
            {
                output.WriteLine(JsonText.Of(report));
            }
            else
            {
                DiffText.Write(report, output);
            }

            return report.Allowed ? ExitCode.Done : ExitCode.Configuration;
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationReport.Write(exception, output, error, asJson);
        }
    }
}
