namespace AkkaPrivacy.Engine.Graphs;

/// <summary>What happens when a part of a pipeline fails.</summary>
public enum OnError
{
    /// <summary>The run fails; the last stored state stays in force and the next run goes on from it.</summary>
    Stop,

    /// <summary>Only the row on which the stage fails is left out, as a dead letter; the rest goes on. For row stages before
    /// bounds that judge each row by itself (<see cref="Planning.RowPlan.IsRowWise"/>): anything else would let one subject's
    /// row decide whether rows of others count.</summary>
    Resume,

    /// <summary>The run goes back to its last checkpoint and reads on from there. Nothing is lost, and nothing is released
    /// twice: windows that were released are found in the store.</summary>
    Restart,
}

/// <summary>How the failure of a stage, of the source or of sinks is dealt with.</summary>
public sealed record SupervisionPolicy
{
    /// <summary>Name of the source in a pipeline's supervision.</summary>
    public const string Source = "source";

    /// <summary>Name of all stages that are not named themselves.</summary>
    public const string Stages = "stages";

    /// <summary>Name of all sinks.</summary>
    public const string Sinks = "sinks";

    /// <summary>The default: the run fails.</summary>
    public static SupervisionPolicy Stop { get; } = new();

    /// <summary>Leaves out the row at fault.</summary>
    public static SupervisionPolicy Resume { get; } = new() { OnError = OnError.Resume };

    /// <summary>Goes back to the last checkpoint; a sink is asked again.</summary>
    public static SupervisionPolicy Restart { get; } = new() { OnError = OnError.Restart };

    /// <summary>Where the policy was written, for errors. Default: none.</summary>
    public string? Origin { get; init; }

    /// <summary>What to do. Default: stop.</summary>
    public OnError OnError { get; init; } = OnError.Stop;

    /// <summary>Restarts within <see cref="Within"/>; one failure more fails the run. 1 to 1,000. Default: 5. Ignored unless
    /// failures restart, as are the options that follow.</summary>
    public int MaxRestarts { get; init; } = 5;

    /// <summary>The time over which restarts are counted, 1 second to 1 day. Default: 10 minutes.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the first restart waits; each further one waits twice as long. 0 to <see cref="MaxBackoff"/>.
    /// Default: 1 second.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, at most 1 hour. Default: 1 minute.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);
}
