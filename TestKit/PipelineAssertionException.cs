namespace AkkaPrivacy.TestKit;

/// <summary>An assertion of the test kit does not hold. The message names the query, window and group, what was expected and
/// what is, and why rows did not count; rows are named by their number, never by what is in them.</summary>
/// <param name="message">What does not hold and why.</param>
public sealed class PipelineAssertionException(string message) : Exception(message);
