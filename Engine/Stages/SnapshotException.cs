namespace AkkaPrivacy.Engine.Stages;

/// <summary>A stored state cannot be taken up: damaged, or of another version.</summary>
/// <param name="message">What is wrong and what to do; no content.</param>
public sealed class SnapshotException(string message) : Exception(message);
