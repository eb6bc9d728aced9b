using AkkaPrivacy.Hosting.Demo;
using AkkaPrivacy.Hosting.Demo.Traffic;

namespace AkkaPrivacy.LoadTests.Coverage;

/// <summary>Runs the demo with seeds from 1 on, each in a store of its own, which is deleted afterwards.</summary>
internal static class CoverageRun
{
    /// <summary>Runs it.</summary>
    /// <param name="runs">How many runs.</param>
    /// <param name="events">Events of each.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What the intervals covered.</returns>
    public static async Task<CoverageReport> RunAsync(int runs, int events, CancellationToken cancellationToken)
    {
        var report = new CoverageReport(runs, events);
        var folder = Directory.CreateTempSubdirectory("akkaprivacy-coverage-").FullName;
        try
        {
            for (var seed = 1; seed <= runs; seed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var store = Path.Combine(folder, FormattableString.Invariant($"{seed}.db"));
                var options = new DemoOptions(new TrafficOptions(events, (ulong)seed), store);
                report.Add(await new DemoRunner(options, TimeProvider.System).RunAsync(null, cancellationToken).ConfigureAwait(false));
                foreach (var file in Directory.GetFiles(folder))
                {
                    File.Delete(file);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return report;
    }
}
