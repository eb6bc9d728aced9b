namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>How a running pipeline takes up another plan.</summary>
public sealed record ReloadOptions
{
    /// <summary>Whether only to say what would happen. Default: false.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether windows may be left unreleased that are open and belong to queries that end or lose their state. Default:
    /// false; the reload is refused then.</summary>
    public bool DiscardOpenWindows { get; init; }
}
