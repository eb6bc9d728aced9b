using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Topology;

namespace AkkaPrivacy.Hosting.Control;

/// <summary><c>akkaprivacy pause|resume|drain|stop STORE</c>: tells the run on a store what to do.</summary>
internal static class ControlCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>The commands, to be added to the root.</summary>
    /// <param name="time">The clock of <c>--wait</c>; null takes the system's.</param>
    /// <returns>The commands.</returns>
    public static IEnumerable<Command> CreateAll(TimeProvider? time = null) =>
    [
        Create(
            "pause", "paused", time,
            """
            Pause the run on a store: it stops reading before the next batch, stores its state and stands still.

            Nothing is lost: open windows stay open in the state, and what was released goes on being published. 'topology' shows
            since when and why. 'resume' lets it read on; 'drain' and 'stop' end it as ever.

              akkaprivacy pause site.db --reason "database maintenance" --wait
            """),
        Create(
            "resume", "running", time,
            """
            Let a paused run read on.

              akkaprivacy resume site.db
            """),
        Create(
            "drain", null, time,
            """
            End the run on a store in good order, as Ctrl-C does: it stops reading, what was read passes through, the state is
            stored. Windows that are open stay open in the state; the next run goes on. The run's exit code is 130.

              akkaprivacy drain site.db --wait
            """),
        Create(
            "stop", null, time,
            """
            End the run on a store at once, as a second Ctrl-C does. The last stored state stays in force: the next run reads again
            what came after it, and finds what was released. The run's exit code is 130.

              akkaprivacy stop site.db
            """),
    ];

    private static Command Create(string name, string? until, TimeProvider? time, string description)
    {
        var store = new Argument<string>("STORE") { Description = "The store of the run, as given to 'run --db' or named in its configuration." };
        var reason = new Option<string>("--reason") { Description = "Why, shown by 'topology' and 'top'; at most 200 characters, no personal value.", HelpName = "TEXT", DefaultValueFactory = _ => string.Empty };
        var wait = new Option<bool>("--wait") { Description = until is null ? "Wait until the run has ended." : $"Wait until the run is {until}." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON object to standard output." };
        var command = new Command(
            name,
            $"""
            {description}

            Only the user who runs the pipeline may do this. Exit code 0 when the run took it, 1 when no pipeline runs on the store.
            """)
        {
            store, wait, json,
        };
        if (name == "pause")
        {
            command.Add(reason);
        }

        command.SetAction((parsed, cancellation) => RunAsync(
            new Call(parsed.GetRequiredValue(store), new ControlRequest(name, name == "pause" ? parsed.GetValue(reason)! : string.Empty), parsed.GetValue(wait), until, parsed.GetValue(json)),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            time ?? TimeProvider.System,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Call call, TextWriter output, TextWriter error, TimeProvider time, CancellationToken cancellation)
    {
        var reply = await AskAsync(call, cancellation).ConfigureAwait(false);
        if (reply.Done && call.Wait)
        {
            await WaitAsync(call, time, cancellation).ConfigureAwait(false);
        }

        if (call.Json)
        {
            await output.WriteLineAsync(JsonText.Of(reply)).ConfigureAwait(false);
        }
        else
        {
            await (reply.Done ? output : error).WriteLineAsync(reply.Message).ConfigureAwait(false);
        }

        return reply.Done ? ExitCode.Done : ExitCode.Unexpected;
    }

    private static async Task<ControlReply> AskAsync(Call call, CancellationToken cancellation)
    {
        try
        {
            return await ControlWire.AskAsync(call.Store, call.Request, cancellation).ConfigureAwait(false)
                ?? new ControlReply(false, $"No run takes commands beside '{call.Store}'. 'akkaprivacy run FILE.conf --db {call.Store}' starts one.");
        }
        catch (JsonException)
        {
            return new ControlReply(false, $"What answers on the socket beside '{call.Store}' is no run of this program.");
        }
    }

    private static async Task WaitAsync(Call call, TimeProvider time, CancellationToken cancellation)
    {
        while (await TopologyClient.AskAsync(call.Store, cancellation).ConfigureAwait(false) is { } now && (call.Until is null || now.State != call.Until))
        {
            await Task.Delay(Interval, time, cancellation).ConfigureAwait(false);
        }
    }

    private sealed record Call(string Store, ControlRequest Request, bool Wait, string? Until, bool Json);
}
