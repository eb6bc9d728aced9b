namespace AkkaPrivacy.Engine.Stages;

/// <summary>A decision to fire, made once by whoever holds the pipeline's epoch, and stored.</summary>
/// <param name="FireUpToMs">Windows that end at or before this time (milliseconds since the Unix epoch) fire now,
/// in order of their ends. Allowed lateness has been taken off already.</param>
/// <param name="IsEndOfInput">Whether no more rows follow; what is open beyond <paramref name="FireUpToMs"/> is outside
/// the input's time range then.</param>
public readonly record struct Frontier(long FireUpToMs, bool IsEndOfInput);
