namespace AkkaPrivacy.AkkaNet.Hosting.Health;

/// <summary>The tags of this product's health checks.</summary>
public static class HealthTags
{
    /// <summary>Whether the process is of use at all; one that is not may be restarted.</summary>
    public const string Live = "live";

    /// <summary>Whether the node does its work: member, journal and singleton answer, and it does not drain.</summary>
    public const string Ready = "ready";
}
