using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.LoadTests.AkkaNet.Runtimes;

/// <summary>An event on its way through the hand-written stream.</summary>
/// <param name="TimeMs">Milliseconds since the Unix epoch.</param>
/// <param name="User">The user as the line names it.</param>
/// <param name="Page">The page.</param>
internal sealed record Visit(long TimeMs, string User, string Page);

/// <summary>The event with a token in place of the user.</summary>
/// <param name="TimeMs">Milliseconds since the Unix epoch.</param>
/// <param name="Token">The user's token.</param>
/// <param name="Page">The page.</param>
internal sealed record PseudonymousVisit(long TimeMs, Token Token, string Page)
{
    /// <summary>Comes after the last event, so that the windows that are open are counted.</summary>
    public static PseudonymousVisit End { get; } = new(long.MaxValue, default, string.Empty);
}

/// <summary>A window's counts.</summary>
/// <param name="StartMs">Its start, milliseconds since the Unix epoch.</param>
/// <param name="Counts">A count for each page.</param>
internal sealed record PageWindow(long StartMs, IReadOnlyList<KeyValuePair<string, long>> Counts);
