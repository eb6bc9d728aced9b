namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>What one contender did in one round.</summary>
/// <param name="Events">Events processed.</param>
/// <param name="Elapsed">Wall-clock time.</param>
/// <param name="Processor">Processor time of the whole process, of all its threads.</param>
/// <param name="AllocatedBytes">Bytes allocated on the managed heap by all threads.</param>
/// <param name="PeakMemoryBytes">The largest working set of the process in the round, shared input included.</param>
internal readonly record struct Sample(long Events, TimeSpan Elapsed, TimeSpan Processor, long AllocatedBytes, long PeakMemoryBytes)
{
    /// <summary>Events per second of wall-clock time.</summary>
    public double PerSecond => Events / Elapsed.TotalSeconds;

    /// <summary>Events per second of processor time, so per core that is kept busy; 0 if none was seen.</summary>
    public double PerProcessorSecond => Processor > TimeSpan.Zero ? Events / Processor.TotalSeconds : 0;
}
