using System.Collections.Concurrent;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>Re:cord-play: see the README of this folder.</summary>
/// <remarks>
/// <c>AKKAPRIVACY_PLAY_SEEDS</c> sets how many pairs of streams are run, <c>AKKAPRIVACY_PLAY_FIRST</c> the first seed and
/// <c>AKKAPRIVACY_PLAY_REPORT</c> a file for the table of what was reached. A failure prints the seed.
/// </remarks>
public sealed class RecordPlayTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 300;
    private const int MostShown = 5;

    [Fact]
    public async Task Neighbouring_streams_make_the_same_calls_and_change_them_by_no_more_than_declared()
    {
        var first = Setting("AKKAPRIVACY_PLAY_FIRST", 1);
        var seeds = Setting("AKKAPRIVACY_PLAY_SEEDS", DefaultSeeds);
        var tightness = new Tightness();
        var faults = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Enumerable.Range(first, seeds), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (seed, _) =>
        {
            if (await Duel.FaultAsync(PlayCase.Draw(seed), new PlayBreak(), tightness) is { } fault)
            {
                faults.Enqueue(fault);
            }
        });
        Assert.True(faults.IsEmpty, $"{faults.Count} of {seeds} pairs of streams failed.\n{string.Join("\n\n", faults.Take(MostShown))}");
        output.WriteLine($"{seeds} pairs of streams from seed {first}. Largest measured change as a share of the declared one:\n{tightness}");
        if (Environment.GetEnvironmentVariable("AKKAPRIVACY_PLAY_REPORT") is { Length: > 0 } report)
        {
            await File.WriteAllTextAsync(report, $"{tightness}\n");
        }
    }

    private static int Setting(string name, int fallback) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
