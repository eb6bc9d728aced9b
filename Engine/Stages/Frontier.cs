namespace AkkaPrivacy.Engine.Stages;

/// <summary>A decision to fire, made once by whoever holds the pipeline's epoch, and stored.</summary>
/// <param name="FireFromMs">Start of the input's time range, milliseconds since the Unix epoch: windows that start before
/// it were not observed in full. They do not fire; their rows are counted as dead letters.</param>
/// <param name="FireUpToMs">Windows that end at or before this time fire now, in order of their ends. Allowed lateness
/// has been taken off already.</param>
/// <param name="IsEndOfInput">Whether no more rows follow; what is open beyond <paramref name="FireUpToMs"/> lies outside
/// the input's time range then.</param>
public readonly record struct Frontier(long FireFromMs, long FireUpToMs, bool IsEndOfInput);
