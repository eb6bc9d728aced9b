namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>Bounds that turn a hostile or broken file into an error instead of a hang or a crash.</summary>
internal static class HoconLimits
{
    public const int MaxFileBytes = 16 * 1024 * 1024;
    public const int MaxDepth = 256;
    public const int MaxNodes = 1_000_000;
    public const int MaxIncludes = 1_000;
    public const int MaxEvaluationDepth = 1_000;
    public const int MaxJoinedChars = 64 * 1024 * 1024;
}
