namespace AkkaPrivacy.Engine.Ports;

/// <summary>A release sink failed. The message names the sink's file or table and says what was kept; it holds no value
/// of a release. Whatever the sink did not take stays in the outbox and is published again by the next run.</summary>
/// <param name="message">What happened, where, and what was kept.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class SinkException(string message, Exception? inner = null) : Exception(message, inner);
