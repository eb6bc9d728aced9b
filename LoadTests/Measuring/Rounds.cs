using System.Diagnostics;

namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>
/// Measures contenders in interleaved rounds: in each round everyone runs for the same short time, in an order that
/// turns around from round to round, so that a disturbance of the machine hits all alike.
/// </summary>
internal static class Rounds
{
    /// <summary>The number of rounds.</summary>
    public const int Count = 7;

    private const int WarmUpPasses = 2;

    // The runtime replaces its first, quickly compiled code after some calls and a tenth of a second.
    private static readonly TimeSpan LongestNeededWarmUp = TimeSpan.FromSeconds(0.4);

    /// <summary>Warms up and measures.</summary>
    /// <param name="contenders">Who is measured.</param>
    /// <param name="time">About how long the measured rounds take together, warm-up aside; each contender does at
    /// least one pass in each round, however long that takes.</param>
    /// <returns>A result per contender, in the same order.</returns>
    public static IReadOnlyList<ContenderResult> Run(IReadOnlyList<Contender> contenders, TimeSpan time)
    {
        TimeSpan slice = time / (Count * contenders.Count);
        foreach (Contender contender in contenders)
        {
            WarmUp(contender, time < LongestNeededWarmUp ? time : LongestNeededWarmUp);
        }

        List<Sample>[] samples = [.. contenders.Select(_ => new List<Sample>(Count))];
        for (int round = 0; round < Count; round++)
        {
            for (int i = 0; i < contenders.Count; i++)
            {
                int turn = round % 2 == 0 ? i : contenders.Count - 1 - i;
                samples[turn].Add(Measure(contenders[turn], slice));
            }
        }

        return [.. contenders.Select((contender, i) => new ContenderResult(contender, samples[i]))];
    }

    private static void WarmUp(Contender contender, TimeSpan time)
    {
        contender.Prepare();
        long start = Stopwatch.GetTimestamp();
        for (int pass = 0; pass < WarmUpPasses || Stopwatch.GetElapsedTime(start) < time; pass++)
        {
            contender.Pass();
        }
    }

    private static Sample Measure(Contender contender, TimeSpan slice)
    {
        // Nobody pays for the garbage of the one before.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        PeakMemory.Reset();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        long events = 0;
        TimeSpan elapsed;
        do
        {
            events += contender.Pass();
            elapsed = Stopwatch.GetElapsedTime(start);
        }
        while (elapsed < slice);

        processor = Environment.CpuUsage.TotalTime - processor;
        return new Sample(events, elapsed, processor, GC.GetTotalAllocatedBytes(precise: true) - allocated, PeakMemory.Read());
    }
}
