namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>What a contender is in a comparison.</summary>
internal enum ContenderRole
{
    /// <summary>What the comparison is about; ratios are its rate over a baseline's.</summary>
    Subject,

    /// <summary>Another form of the subject, shown with ratios of its own.</summary>
    Variant,

    /// <summary>What the subject is compared with.</summary>
    Baseline,
}

/// <summary>One of the programs that are compared.</summary>
/// <param name="Name">Its name in tables and in JSON, unique within a comparison.</param>
/// <param name="Role">What it is in the comparison.</param>
/// <param name="Pass">Does the job once and returns how many events it processed, 1 or more.</param>
internal sealed record Contender(string Name, ContenderRole Role, Func<long> Pass)
{
    /// <summary>Bytes allocated per event once it is running, by its own measure; null for the whole pass. Default: the
    /// whole pass.</summary>
    public Func<double?> SteadyBytesPerEvent { get; init; } = () => null;

    /// <summary>What is done before its first pass, so that the runtime has compiled what a pass calls only once: it compiles a method
    /// anew after 30 calls and again after 30 more, which would be in the middle of the measurement. Default: nothing.</summary>
    public Action Prepare { get; init; } = () => { };

    /// <summary>Another contender that this one is compared with besides the baselines; null for none. Default: none.</summary>
    public string? ComparedWith { get; init; }

    /// <summary>Further figures, such as the size of its state, by names that are fields in JSON. Default: none.</summary>
    public IReadOnlyList<(string Name, double Value)> Figures { get; init; } = [];

    /// <summary>Random bytes asked of the operating system per event; null where that is no matter. Default: null.</summary>
    public Func<double?> RandomBytesPerEvent { get; init; } = () => null;
}
