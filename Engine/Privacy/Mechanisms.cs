using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Engine.Privacy;

/// <summary>A noise mechanism on whole numbers, calibrated for one query. Safe for use by one thread at a time.</summary>
public interface INoiseMechanism
{
    /// <summary>The mechanism and its parameters, for receipts and the plan hash: <c>discrete-laplace(scale=20)</c>.</summary>
    string Description { get; }

    /// <summary>What one release costs a subject that is in it.</summary>
    PrivacyCost Cost { get; }

    /// <summary>The parameter of the distribution (scale or sigma), in units of the measure's resolution.</summary>
    double Scale { get; }

    /// <summary>Standard deviation of the noise, in units of the measure's resolution.</summary>
    double StandardDeviation { get; }

    /// <summary>The smallest h such that the noise lies within -h..h with at least this probability.</summary>
    /// <param name="confidence">Above 0 and below 1.</param>
    /// <returns>h, in units of the measure's resolution.</returns>
    long HalfWidth(double confidence);

    /// <summary>Adds an independent draw to each value.</summary>
    /// <param name="values">The values, changed in place.</param>
    /// <param name="randomness">Where random bits come from.</param>
    void AddNoise(Span<long> values, IRandomSource randomness);
}

/// <summary>A selection of groups with unknown keys, calibrated for one query.</summary>
public interface IKeySelection
{
    /// <summary>The mechanism and its parameters, for receipts and the plan hash.</summary>
    string Description { get; }

    /// <summary>What one selection costs a subject that is in it.</summary>
    PrivacyCost Cost { get; }

    /// <summary>How many subjects a key needs to be kept with at least this probability.</summary>
    /// <param name="probability">Above 0, at most 1.</param>
    /// <returns>The number of subjects.</returns>
    long SubjectsFor(double probability);

    /// <summary>Decides for each group, independently.</summary>
    /// <param name="subjects">Distinct subjects of each group, after bounding.</param>
    /// <param name="keep">Receives the decisions; as long as <paramref name="subjects"/>.</param>
    /// <param name="randomness">Where random bits come from.</param>
    void Select(ReadOnlySpan<long> subjects, Span<bool> keep, IRandomSource randomness);
}
