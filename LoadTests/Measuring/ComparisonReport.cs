namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>The outcome of a comparison.</summary>
/// <param name="Name">The comparison's name, as on the command line.</param>
/// <param name="Job">What an event is and what is done with it, in a sentence.</param>
/// <param name="Results">What was measured, in the order of the contenders.</param>
internal sealed record ComparisonReport(string Name, string Job, IReadOnlyList<ContenderResult> Results)
{
    /// <summary>How many times faster the subject is than each baseline; empty without a subject.</summary>
    /// <returns>Pairs of a baseline's name and a median ratio.</returns>
    public IReadOnlyList<(string Baseline, double Ratio)> Ratios()
    {
        ContenderResult? subject = Results.FirstOrDefault(result => result.Contender.Role == ContenderRole.Subject);
        return subject is null ? [] : RatiosOf(subject);
    }

    /// <summary>How many times faster a contender is than each baseline, and than the one it is compared with: the median of the rounds' ratios, since what
    /// disturbs the machine for a while changes both rates of a round.</summary>
    /// <param name="result">The contender's result.</param>
    /// <returns>Pairs of the other's name and a ratio; empty for a baseline.</returns>
    public IReadOnlyList<(string Baseline, double Ratio)> RatiosOf(ContenderResult result) =>
        result.Contender.Role == ContenderRole.Baseline
            ? []
            : [.. Results
                .Where(other => other.Contender.Role == ContenderRole.Baseline || other.Contender.Name == result.Contender.ComparedWith)
                .Select(other => (other.Contender.Name, Median.Of(result.Samples.Select((sample, round) => sample.PerSecond / other.Samples[round].PerSecond))))];
}
