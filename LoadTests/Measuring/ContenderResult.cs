namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>What was measured of one contender, over all rounds.</summary>
/// <param name="Contender">The contender.</param>
/// <param name="Samples">Its rounds, one or more.</param>
internal sealed record ContenderResult(Contender Contender, IReadOnlyList<Sample> Samples)
{
    /// <summary>Events per second: the median of the rounds.</summary>
    public double PerSecond => Median.Of(Samples.Select(sample => sample.PerSecond));

    /// <summary>Events per second in the slowest round.</summary>
    public double Slowest => Samples.Min(sample => sample.PerSecond);

    /// <summary>Events per second in the fastest round.</summary>
    public double Fastest => Samples.Max(sample => sample.PerSecond);

    /// <summary>Events per second of processor time: the median of the rounds.</summary>
    public double PerProcessorSecond => Median.Of(Samples.Select(sample => sample.PerProcessorSecond));

    /// <summary>Bytes allocated per event once the contender is running.</summary>
    public double BytesPerEvent => Contender.SteadyBytesPerEvent() ?? BytesPerEventOfPass;

    /// <summary>Bytes allocated per event of a pass, its start included: the median of the rounds.</summary>
    public double BytesPerEventOfPass => Median.Of(Samples.Select(sample => (double)sample.AllocatedBytes / sample.Events));

    /// <summary>The largest working set of all rounds.</summary>
    public long PeakMemoryBytes => Samples.Max(sample => sample.PeakMemoryBytes);

    /// <summary>How far the rounds lie apart: (fastest - slowest) / median.</summary>
    public double Spread => (Fastest - Slowest) / PerSecond;
}
