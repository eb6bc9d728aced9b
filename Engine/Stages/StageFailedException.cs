namespace AkkaPrivacy.Engine.Stages;

/// <summary>A stage threw. The exception's own message is left out, because it may quote a row; its type and the place
/// that threw are kept.</summary>
public sealed class StageFailedException : Exception
{
    /// <summary>Describes a failure without quoting it.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="cause">What it threw.</param>
    public StageFailedException(string stage, Exception cause)
        : base($"Stage '{stage}' failed with {cause.GetType().Name} at {Place(cause)}. Nothing of the current batch was released; the last stored state stays in force.")
    {
        Stage = stage;
        CauseType = cause.GetType();
    }

    /// <summary>The stage's name.</summary>
    public string Stage { get; }

    /// <summary>The type of what it threw.</summary>
    public Type CauseType { get; }

    private static string Place(Exception cause)
    {
        var method = cause.TargetSite;
        return method is null ? "an unknown place" : $"{method.DeclaringType?.Name}.{method.Name}";
    }
}
