namespace AkkaPrivacy.Tests.Simulation;

/// <summary>The tables and rates that steps use, in plain form.</summary>
internal static class SimTables
{
    public const double Rate = 0.625;

    public const double TraceRate = 0.3;

    public const long LargestWeight = 4;

    private const long Hour = 3_600_000;

    public static readonly IReadOnlyDictionary<string, string> Sections = new Dictionary<string, string> { ["/a"] = "news", ["/d/é"] = "shop", ["/x"] = "news" };

    /// <summary>One weighs more than is allowed, one less, one is missing.</summary>
    public static readonly IReadOnlyDictionary<string, long> Weights = new Dictionary<string, long> { ["/a"] = 3, ["/b"] = 9, ["/d/é"] = -1 };

    /// <summary>Versions by page; each holds from its time until the next one of its page.</summary>
    public static readonly IReadOnlyList<(string Page, long From, string Tier)> Tiers =
    [
        ("/b", SimCase.Base + (2 * Hour), "gold"),
        ("/a", 0, "free"),
        ("/a", SimCase.Base + Hour, "pro"),
        ("/b", SimCase.Base + (3 * Hour) + 1, "free"),
        ("/a", SimCase.Base + (24 * Hour), "free"),
    ];
}
