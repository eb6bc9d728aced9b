using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Control;

namespace AkkaPrivacy.Hosting.Reload;

/// <summary><c>akkaprivacy reload FILE.conf</c>: puts another configuration in the place of the one that runs.</summary>
internal static class ReloadCommand
{
    /// <summary>The command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        var file = new Argument<string>("FILE.conf") { Description = "The new configuration. The run reads it, with the options of its own command line above it." };
        var set = new Option<string[]>("--set") { Description = "Set a key above the file, as for 'run'. Repeatable; give it to the next 'run', too.", HelpName = "KEY=VALUE" };
        var store = new Option<string?>("--db") { Description = "The store of the run, when it was given to 'run' as --db.", HelpName = "FILE" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would happen." };
        var discard = new Option<bool>("--discard-open-windows") { Description = "Leave windows unreleased that are open and belong to queries that end, or lose their state." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object to standard output." };
        var command = new Command(
            "reload",
            """
            Put another configuration in the place of the one that runs, without ending the run, and show what that touches.

            Queries that mean the same keep their releases and their open windows. New ones begin with the first window of which no
            row has been read. Sinks, supervision and checkpoint interval may change; source, keys, store, account, data map, stages,
            time rules and lanes may not. A query whose definition changes needs a new name. Whatever is refused or fails leaves the
            run as it was. A signal SIGHUP to a run without a terminal reads its own file again in the same way.

              akkaprivacy reload site-new.conf --dry-run
              akkaprivacy reload site-new.conf --db site.db
              akkaprivacy reload site-new.conf --discard-open-windows --json

            Exit code 0 when the plan is in force (with --dry-run: when it could be), 2 when it is refused or the file has mistakes,
            5 when the store failed, 1 when no pipeline runs on the store or the run did not come to its turn.
            """)
        {
            file, set, store, dryRun, discard, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new ConfigurationRequest { File = parsed.GetRequiredValue(file), Set = parsed.GetValue(set) ?? [], Store = parsed.GetValue(store) },
            new ControlRequest("reload", string.Empty) { DryRun = parsed.GetValue(dryRun), Discard = parsed.GetValue(discard) },
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ConfigurationRequest configuration, ControlRequest control, bool asJson, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        string store;
        try
        {
            store = configuration.Store ?? ConfigurationLoader.Load(configuration).Options.Store.Path;
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationReport.Write(exception, output, error, asJson);
        }

        var reply = await AskAsync(store, control with { File = Path.GetFullPath(configuration.File), Set = configuration.Set }, cancellation).ConfigureAwait(false);
        var code = reply.Code ?? (reply.Done ? ExitCode.Done : ExitCode.Unexpected);
        if (asJson)
        {
            await output.WriteLineAsync(reply.Document ?? JsonText.Of(new { Error = new { ExitCode = code, reply.Message } })).ConfigureAwait(false);
        }
        else
        {
            await (reply.Done || reply.Document is not null ? output : error).WriteLineAsync(reply.Message).ConfigureAwait(false);
        }

        return code;
    }

    private static async Task<ControlReply> AskAsync(string store, ControlRequest control, CancellationToken cancellation)
    {
        try
        {
            return await ControlWire.AskAsync(store, control, cancellation).ConfigureAwait(false)
                ?? new ControlReply(false, $"No run takes commands beside '{store}'. 'akkaprivacy run FILE.conf --db {store}' starts one; 'akkaprivacy check FILE.conf --against {store}' says what that does.");
        }
        catch (JsonException)
        {
            return new ControlReply(false, $"What answers on the socket beside '{store}' is no run of this program.");
        }
    }
}
