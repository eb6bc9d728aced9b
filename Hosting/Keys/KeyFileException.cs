namespace AkkaPrivacy.Hosting.Keys;

/// <summary>A key file cannot be used or made. The message names the path, what is wrong and what to do; never key
/// material.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class KeyFileException(string message, Exception? inner = null) : Exception(message, inner);
