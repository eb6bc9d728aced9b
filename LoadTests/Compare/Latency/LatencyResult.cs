namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>What was measured of one contender at one rate.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaximumPerSecond">Its maximum throughput, measured before in the same process; null when not measured.</param>
/// <param name="PerSecond">Rows that arrived each second.</param>
/// <param name="Delays">From a row's scheduled arrival to its being counted.</param>
/// <param name="Uncounted">Rows that had arrived and were not counted when time was up; their delays up to then are in
/// <paramref name="Delays"/>.</param>
/// <param name="Collections">Collections while it ran.</param>
/// <param name="PauseMs">Their pauses in all.</param>
/// <param name="LongestPauseMs">The longest of these.</param>
internal sealed record LatencyResult(
    string Name, double? MaximumPerSecond, double PerSecond, DelayHistogram Delays, long Uncounted, int Collections, double PauseMs, double LongestPauseMs);
