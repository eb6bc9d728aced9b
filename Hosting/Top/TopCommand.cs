using System.CommandLine;
using System.Text.Json;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Topology;
using Spectre.Console;

namespace AkkaPrivacy.Hosting.Top;

/// <summary><c>akkaprivacy top STORE</c>: a live view of the run on a store.</summary>
internal static class TopCommand
{
    private const double ShortestInterval = 0.1;
    private const double LongestInterval = 3600;

    /// <summary>The command.</summary>
    /// <param name="time">The clock between snapshots; null takes the system's.</param>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create(TimeProvider? time = null)
    {
        var store = new Argument<string>("STORE") { Description = "The store of the run, as given to 'run --db' or named in its configuration." };
        var once = new Option<bool>("--once") { Description = "Show one interval and end." };
        var json = new Option<bool>("--json") { Description = "Print each interval as one line of JSON." };
        var interval = new Option<double>("--interval") { Description = "Seconds between snapshots, 0.1 to 3600.", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= ShortestInterval and <= LongestInterval))
            {
                result.AddError("--interval is out of range; allowed is 0.1 to 3600 seconds.");
            }
        });
        var command = new Command(
            "top",
            """
            Watch a run: rows a second and busy share of each stage, queues, latency, frontier, releases and what is left of the budget.

            Rates are those of the last interval, not since the start. The stage with the largest busy share is the one that limits;
            a full queue stands in front of it. Busy is the share of the time that a lane spends in the stage. Latency is the time from
            the reading of a batch to its rows being counted, over the last 10 to 20 seconds. Nothing that comes from a row is shown.
            On a terminal the view is drawn over and over, until the run ends or Ctrl-C; elsewhere intervals follow each other as plain
            text. Exit code 0 after a view, 1 when no pipeline runs on the store.

              akkaprivacy top site.db
              akkaprivacy top site.db --once --json --interval 5
            """)
        {
            store, once, interval, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new Call(parsed.GetRequiredValue(store), parsed.GetValue(once), parsed.GetValue(json), TimeSpan.FromSeconds(parsed.GetValue(interval))),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            time ?? TimeProvider.System,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Call call, TextWriter output, TextWriter error, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            if (await TopologyClient.AskAsync(call.Store, cancellation).ConfigureAwait(false) is not { } first)
            {
                await error.WriteLineAsync($"No pipeline serves its topology beside '{call.Store}'. Start one with 'akkaprivacy run FILE.conf --db {call.Store}'.").ConfigureAwait(false);
                return ExitCode.Unexpected;
            }

            await (!call.Json && !call.Once && Terminal.IsTerminal(output)
                ? LiveAsync(call, first, output, time, cancellation)
                : WatchAsync(call, first, frame => Print(frame, call, output), time, cancellation)).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done;
        }
        catch (JsonException)
        {
            await error.WriteLineAsync($"What answers on the socket beside '{call.Store}' is no run of this program.").ConfigureAwait(false);
            return ExitCode.Unexpected;
        }
    }

    private static Task LiveAsync(Call call, TopologySnapshot first, TextWriter output, TimeProvider time, CancellationToken cancellation) =>
        Terminal.Console(output).Live(new Text("...")).AutoClear(false).StartAsync(context => WatchAsync(
            call,
            first,
            frame =>
            {
                var text = new StringWriter();
                TopText.Write(frame, text);
                context.UpdateTarget(new Text(text.ToString()));
            },
            time,
            cancellation));

    private static async Task WatchAsync(Call call, TopologySnapshot before, Action<TopFrame> show, TimeProvider time, CancellationToken cancellation)
    {
        do
        {
            await Task.Delay(call.Interval, time, cancellation).ConfigureAwait(false);
            if (await TopologyClient.AskAsync(call.Store, cancellation).ConfigureAwait(false) is not { } now)
            {
                return;
            }

            show(TopFrame.Of(before, now));
            before = now;
        }
        while (!call.Once);
    }

    private static void Print(TopFrame frame, Call call, TextWriter output)
    {
        if (call.Json)
        {
            output.WriteLine(JsonText.Of(frame));
            return;
        }

        TopText.Write(frame, output);
        if (!call.Once)
        {
            output.WriteLine();
        }
    }

    private sealed record Call(string Store, bool Once, bool Json, TimeSpan Interval);
}
