using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Privacy;

/// <summary>What a plan states of noise: its cost and its size.</summary>
public interface INoise
{
    /// <summary>The mechanism and its parameters, for receipts and the plan hash: <c>discrete-laplace(scale=20)</c>.</summary>
    string Description { get; }

    /// <summary>What one release costs a subject that is in it; of continual noise, what all totals of a period cost together.</summary>
    PrivacyCost Cost { get; }

    /// <summary>The parameter of the distribution (scale or sigma), in units of the measure's resolution.</summary>
    double Scale { get; }

    /// <summary>Standard deviation of the noise, in units of the measure's resolution.</summary>
    double StandardDeviation { get; }

    /// <summary>The smallest h such that the noise lies within -h..h with at least this probability.</summary>
    /// <param name="confidence">Above 0 and below 1.</param>
    /// <returns>h, in units of the measure's resolution.</returns>
    long HalfWidth(double confidence);
}

/// <summary>A noise mechanism on whole numbers, calibrated for one query. Safe for use by one thread at a time.</summary>
public interface INoiseMechanism : INoise
{
    /// <summary>Adds an independent draw to each value.</summary>
    /// <param name="values">The values, changed in place.</param>
    /// <param name="randomness">Where random bits come from.</param>
    void AddNoise(Span<long> values, IRandomSource randomness);
}

/// <summary>Chooses the keys with the largest values of a known set, in order. What <see cref="INoise"/> says of the size of noise is
/// said of how far a chosen key's value may lie below the largest of those that were left.</summary>
public interface ITopKeys : INoise
{
    /// <summary>How many keys are chosen; 1 or more.</summary>
    int Top { get; }

    /// <summary>The noise of the chosen keys' values, drawn after the choice; null when keys alone are published.</summary>
    INoiseMechanism? Values { get; }

    /// <summary>How the keys are chosen and what that costs, in words.</summary>
    string Reason { get; }

    /// <summary>Chooses.</summary>
    /// <param name="values">The value of every known key; <see cref="Top"/> or more.</param>
    /// <param name="chosen">Receives the places of <see cref="Top"/> keys in <paramref name="values"/>, the first choice first.</param>
    /// <param name="randomness">Where random bits come from.</param>
    void Choose(ReadOnlySpan<long> values, Span<int> chosen, IRandomSource randomness);
}

/// <summary>Noise for the running totals of a period, each published after a step, at one cost for all of them. What
/// <see cref="INoise"/> says of a number is said of the total with the largest error.</summary>
public interface IContinualMechanism : INoise
{
    /// <summary>Why this mechanism was chosen, with the figures.</summary>
    string Reason { get; }

    /// <summary>The standard deviation of the total that is published after a step.</summary>
    /// <param name="step">From 1 to the number of steps in a period.</param>
    /// <returns>In units of the measure's resolution.</returns>
    double StandardDeviationAt(int step);

    /// <summary>The smallest h such that the error of the total after a step lies within -h..h with at least this probability.</summary>
    /// <param name="step">From 1 to the number of steps in a period.</param>
    /// <param name="confidence">Above 0 and below 1.</param>
    /// <returns>h, in units of the measure's resolution.</returns>
    long HalfWidthAt(int step, double confidence);

    /// <summary>Starts the totals of a period, or takes them up where they were saved.</summary>
    /// <param name="groups">How many groups; 1 or more.</param>
    /// <param name="state">What <see cref="IContinualTotals.Save"/> wrote; null to start.</param>
    /// <returns>The totals.</returns>
    /// <exception cref="SnapshotException">The state is damaged or of another mechanism.</exception>
    IContinualTotals Start(int groups, SnapshotReader? state = null);
}

/// <summary>The running totals of all groups of a query in one period. They hold exact numbers beside noised ones. Safe for use by one
/// thread at a time.</summary>
public interface IContinualTotals
{
    /// <summary>Takes a step.</summary>
    /// <param name="values">What each group's total grows by, exact and bounded for each subject.</param>
    /// <param name="randomness">Where random bits come from.</param>
    /// <exception cref="InvalidOperationException">All steps were taken.</exception>
    /// <exception cref="OverflowException">A sum does not fit 64 bits.</exception>
    void Add(ReadOnlySpan<long> values, IRandomSource randomness);

    /// <summary>The noised totals after the last step, rounded to whole units.</summary>
    /// <param name="totals">Receives one total a group.</param>
    void CopyTo(Span<long> totals);

    /// <summary>Writes the state. It is as secret as a checkpoint, and is to be stored in the transaction that publishes the
    /// totals: a step that is taken again draws anew.</summary>
    /// <param name="writer">Where to.</param>
    void Save(SnapshotWriter writer);
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
