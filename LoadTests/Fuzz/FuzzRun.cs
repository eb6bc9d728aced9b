using System.Diagnostics;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>What came of a run.</summary>
/// <param name="Inputs">Inputs tried.</param>
/// <param name="Sound">Inputs that were taken.</param>
/// <param name="MostBytes">The most bytes that one input allocated.</param>
/// <param name="Slowest">The longest that one input took.</param>
/// <param name="Faults">Faults, at most <see cref="FuzzRun.MostFaults"/>.</param>
internal sealed record FuzzResult(long Inputs, long Sound, long MostBytes, TimeSpan Slowest, IReadOnlyList<string> Faults);

/// <summary>Feeds a reader with inputs and watches time and memory of each.</summary>
internal static class FuzzRun
{
    /// <summary>Faults after which a run ends.</summary>
    public const int MostFaults = 20;

    // An input is 16 KiB at most: what takes longer or more than this has no bound.
    private const long MostBytes = 64L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Runs.</summary>
    /// <param name="target">The reader.</param>
    /// <param name="seed">Seed of the inputs.</param>
    /// <param name="first">Number of the first input.</param>
    /// <param name="inputs">How many.</param>
    /// <param name="hang">Called with the number of an input that does not end.</param>
    /// <returns>What came of it.</returns>
    public static FuzzResult Run(FuzzTarget target, ulong seed, long first, long inputs, Action<long> hang)
    {
        var mutator = new Mutator(target, seed);
        var read = target.Start();
        var (faults, sound, mostBytes, slowest) = (new List<string>(), 0L, 0L, TimeSpan.Zero);
        var (current, started) = (first, Stopwatch.GetTimestamp());
        using var watchdog = new Timer(_ =>
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref started)) > Longest)
            {
                hang(Volatile.Read(ref current));
            }
        }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        for (var number = first; number < first + inputs && faults.Count < MostFaults; number++)
        {
            var input = mutator.Input(number);
            Volatile.Write(ref current, number);
            Volatile.Write(ref started, Stopwatch.GetTimestamp());
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                sound += read(input) ? 1 : 0;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                faults.Add($"input {number}: {exception}");
            }

            var (bytes, took) = (GC.GetAllocatedBytesForCurrentThread() - before, Stopwatch.GetElapsedTime(started));
            (mostBytes, slowest) = (Math.Max(mostBytes, bytes), took > slowest ? took : slowest);
            if (bytes > MostBytes)
            {
                faults.Add($"input {number}: {bytes} bytes were allocated for {input.Length}");
            }
        }

        return new FuzzResult(current - first + 1, sound, mostBytes, slowest, faults);
    }
}
