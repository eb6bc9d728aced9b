namespace AkkaPrivacy.Operators.KeySelection;

/// <summary>How keys of an unknown key set are chosen.</summary>
public enum KeySelectionMechanism
{
    /// <summary>By a probability for each number of subjects: <see cref="KeySelection.TruncatedGeometric"/>.</summary>
    TruncatedGeometric,

    /// <summary>By a threshold on numbers with discrete Laplace noise: <see cref="NoisyThreshold"/>.</summary>
    LaplaceThreshold,

    /// <summary>By a threshold on numbers with discrete Gaussian noise: <see cref="NoisyThreshold"/>.</summary>
    GaussianThreshold,
}
