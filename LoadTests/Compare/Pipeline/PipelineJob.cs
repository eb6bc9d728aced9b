namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>The job that all contenders of <c>compare pipeline</c> do.</summary>
/// <remarks>
/// Read the four fields of each event, make a token of the user, keep half of the users whole by their token, let
/// each user count at most 10 times on each of at most 5 pages in a window, count per page and minute, and put
/// discrete Laplace noise on each count.
/// </remarks>
internal static class PipelineJob
{
    /// <summary>The share of users that are kept.</summary>
    public const double KeptShare = 0.5;

    /// <summary>The most pages of a user in a window that count.</summary>
    public const int PagesPerUser = 5;

    /// <summary>The most times that a user counts on one page in a window.</summary>
    public const int CountsPerPage = 10;

    /// <summary>The privacy loss of a window.</summary>
    public const double Epsilon = 1;

    /// <summary>The scale of the noise: a user changes the counts of a window by at most 5 times 10.</summary>
    public const double NoiseScale = PagesPerUser * CountsPerPage / Epsilon;

    /// <summary>The length of a window.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The key of the tokens, 32 bytes. It protects nothing: the events are made up.</summary>
    public static byte[] Key { get; } = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
}
