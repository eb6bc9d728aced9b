using System.CommandLine;
using System.Text;
using System.Text.Json;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary><c>akkaprivacy topology --db FILE</c>: shows the stages, rates and queues of the run on a store.</summary>
internal static class TopologyCommand
{
    private const int NoRun = 1;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The command.</summary>
    /// <param name="time">The clock of <c>--watch</c>; null takes the system's.</param>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create(TimeProvider? time = null)
    {
        var store = new Option<string>("--db") { Description = "The store of the run, as given to 'run' or named in its configuration.", HelpName = "FILE", Required = true };
        var json = new Option<bool>("--json") { Description = "Print each snapshot as one line of JSON." };
        var watch = new Option<bool>("--watch") { Description = "Print a snapshot every second until the run ends or Ctrl-C." };
        var command = new Command(
            "topology",
            """
            Show the stages, rows a second, queue depths and frontier of a pipeline that is running.

            The run serves them on a socket beside its store, for the same user only.
            Exit code 0 after a snapshot, 1 when no pipeline runs on the store.

              akkaprivacy topology --db akkaprivacy.db --watch
            """)
        {
            store, json, watch,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new Request(parsed.GetRequiredValue(store), parsed.GetValue(json), parsed.GetValue(watch)),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            time ?? TimeProvider.System,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Request request, TextWriter output, TextWriter error, TimeProvider time, CancellationToken cancellation)
    {
        var shown = 0;
        try
        {
            while (await TopologyClient.AskAsync(request.Store, cancellation).ConfigureAwait(false) is { } snapshot)
            {
                Show(snapshot, request, output, shown++ > 0);
                if (!request.Watch)
                {
                    return 0;
                }

                await Task.Delay(Interval, time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (JsonException)
        {
            await error.WriteLineAsync($"What answers on the socket beside '{request.Store}' is no run of this program.").ConfigureAwait(false);
            return NoRun;
        }

        if (shown == 0)
        {
            await error.WriteLineAsync($"No pipeline serves its topology beside '{request.Store}'. Start one with 'akkaprivacy run FILE.conf --db {request.Store}'.").ConfigureAwait(false);
        }

        return shown > 0 ? 0 : NoRun;
    }

    private static void Show(TopologySnapshot snapshot, Request request, TextWriter output, bool again)
    {
        if (request.Json)
        {
            output.WriteLine(Encoding.UTF8.GetString(TopologyJson.ToUtf8(snapshot)));
            return;
        }

        if (again)
        {
            output.WriteLine();
        }

        TopologyText.Write(snapshot, output);
    }

    private sealed record Request(string Store, bool Json, bool Watch);
}
