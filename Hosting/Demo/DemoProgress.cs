using AkkaPrivacy.Hosting.Commands;
using Spectre.Console;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary>A progress bar on a terminal, and nothing elsewhere.</summary>
internal static class DemoProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Shows how many events were read until the run ends.</summary>
    /// <param name="error">Standard error, so that standard output stays clean.</param>
    /// <param name="events">Events in all.</param>
    /// <param name="time">The clock.</param>
    /// <returns>What the runner calls; null where there is no terminal.</returns>
    public static Func<Func<long>, Task, Task>? On(TextWriter error, long events, TimeProvider time)
    {
        if (!Terminal.IsTerminal(error))
        {
            return null;
        }

        return (rowsRead, ended) => Terminal.Console(error).Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("making and counting events", maxValue: events);
                while (!ended.IsCompleted)
                {
                    bar.Value = rowsRead();
                    await Task.WhenAny(ended, Task.Delay(Interval, time)).ConfigureAwait(false);
                }
            });
    }
}
