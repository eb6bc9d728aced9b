using System.CommandLine;
using System.Diagnostics;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.LoadTests.Soak;

/// <summary><c>soak</c>: memory and allocation over many events with a fixed set of users and pages.</summary>
internal static class SoakCommand
{
    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        var events = new Option<long>("--events") { Description = "Events to run, 1,000,000 or more.", DefaultValueFactory = _ => 100_000_000 };
        var lanes = new Option<int>("--lanes") { Description = "Lanes, 1 to 64.", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "soak",
            """
            Runs the job of 'compare pipeline' over generated events with a SQLite store, and prints memory and allocation as
            it goes. Ends with 1 when a running pipeline allocates 1 byte per event or more, or its memory grows by more
            than a tenth after the first fifth.
            """)
        {
            events,
            lanes,
        };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(events), parsed.GetValue(lanes), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static async Task<int> RunAsync(long events, int lanes, TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("akkaprivacy-soak");
        try
        {
            var meter = new SoakMeter(events, output);
            var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(directory.FullName, "soak.db") });
            await using (store)
            {
                var options = new EmbeddedRuntimeOptions
                {
                    Store = store,
                    Ledger = new BudgetLedger(TimeProvider.System),
                    Outbox = new OutboxReader(),
                    Keys = new EnginePipeline.FixedKey(),
                };
                var start = Stopwatch.GetTimestamp();
                var summary = await EnginePipeline.Graph(() => new EndlessLineSource(events, meter.OnProgress), lanes).Run(new EmbeddedRuntime(options));
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                await output.WriteLineAsync($"{summary.RowsRead} events, {summary.Released} windows released, {summary.RowsRead / seconds:N0} events/s");
            }

            return meter.Judge();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
