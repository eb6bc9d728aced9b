using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Commands;
using Spectre.Console;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Shows how far a run has come: a bar on a terminal, a line now and then elsewhere.</summary>
/// <param name="error">Standard error.</param>
/// <param name="time">The clock.</param>
internal sealed class RunProgress(TextWriter error, TimeProvider time)
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shows progress until the run has ended, in whatever way.</summary>
    /// <param name="run">The run.</param>
    /// <returns>A task that ends with the run and does not fail with it.</returns>
    public async Task WatchAsync(IPipelineRun run)
    {
        if (Terminal.IsTerminal(error))
        {
            await BarAsync(run).ConfigureAwait(false);
            return;
        }

        while (!await EndedAsync(run, LineInterval).ConfigureAwait(false))
        {
            await error.WriteLineAsync(Line(run.Topology())).ConfigureAwait(false);
        }
    }

    private static string Line(TopologySnapshot now)
    {
        var share = now.TotalBytes is > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({100.0 * now.BytesRead / now.TotalBytes:0}%)") : string.Empty;
        var fired = now.FiredUpTo is { } end ? string.Create(CultureInfo.InvariantCulture, $", windows fired up to {end:yyyy-MM-dd HH:mm:ss}Z") : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{now.RowsRead:N0} rows read{share}{fired}");
    }

    private Task BarAsync(IPipelineRun run) => Terminal.Console(error).Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var task = context.AddTask("0 rows read");
            while (!await EndedAsync(run, BarInterval).ConfigureAwait(false))
            {
                var now = run.Topology();
                task.Description = Markup.Escape(Line(now));
                task.IsIndeterminate = now.TotalBytes is null or 0;
                task.MaxValue = now.TotalBytes is > 0 ? now.TotalBytes.Value : 1;
                task.Value = now.BytesRead;
            }
        });

    private async Task<bool> EndedAsync(IPipelineRun run, TimeSpan wait)
    {
        using var stop = new CancellationTokenSource();
        var first = await Task.WhenAny(run.Completion, Task.Delay(wait, time, stop.Token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        return first == run.Completion;
    }
}
